import { loopback } from "./loopback.ts";

/** What a server does with one request. */
export interface Turn {
  readonly response: () => Response;
  /** What it must see of this turn in each request that follows; left out for a failure. */
  readonly back?: unknown;
}

/** A server that wants to see again all that it sent. */
export interface DemandingServer extends AsyncDisposable {
  readonly host: string;
  /** What it did not get back, and requests too many. */
  readonly complaints: readonly string[];
}

/**
 * Starts a server that answers with one turn after the other. A request without
 * what it sent before is answered with 400, which is never retried.
 */
export function demandingServer(
  turns: readonly Turn[],
  /** The model's own turns in the body of a request. */
  turnsIn: (body: Body) => readonly unknown[],
): DemandingServer {
  const complaints: string[] = [];
  const due: unknown[] = [];
  let at = 0;
  const server = loopback(async (request) => {
    const found = JSON.stringify(turnsIn(await request.json()).map(sorted));
    const expected = JSON.stringify(due.map(sorted));
    const turn = turns[at++];
    if (turn !== undefined && found === expected) {
      if (turn.back !== undefined) due.push(turn.back);
      return turn.response();
    }
    complaints.push(`request ${at}: expected ${expected}, found ${found}`);
    return Response.json({ error: { message: "That is not what I sent" } }, {
      status: 400,
    });
  });
  return {
    host: server.host,
    complaints,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A request of any provider, as far as turns stand there. */
export interface Body {
  readonly messages?: readonly { readonly role: string }[];
  readonly contents?: readonly { readonly role: string }[];
}

/** The same value with its keys in order: JSON has none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
