import { assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import { loopback } from "./loopback.ts";
import { fromProtobuf, throughProtobuf } from "./otlp_proto.ts";

/** A span as it arrived, as far as tests look at it. */
export interface ReceivedSpan {
  readonly spanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The whole span. */
  readonly text: string;
}

/** A request as the collector got it. */
export interface ReceivedExport {
  readonly path: string;
  readonly headers: Headers;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly spans: readonly ReceivedSpan[];
  /** When it came, in milliseconds since the process began. */
  readonly at: number;
}

/** An OpenTelemetry collector on this machine. */
export interface Collector extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Host and port. */
  readonly host: string;
  /** Every request so far that was accepted or not. */
  readonly requests: readonly ReceivedExport[];
}

const attributes = z.pipe(
  z.array(z.strictObject({
    key: z.string(),
    value: z.record(z.string(), z.unknown()),
  })),
  z.transform((list) =>
    Object.fromEntries(
      list.map(({ key, value }) => [key, Object.values(value)[0]]),
    )
  ),
);

const tracesData = z.strictObject({
  resourceSpans: z.tuple([z.strictObject({
    resource: z.strictObject({ attributes }),
    scopeSpans: z.tuple([z.strictObject({
      scope: z.looseObject({}),
      spans: z.array(z.looseObject({
        spanId: z.string(),
        name: z.string(),
        attributes,
      })),
      schemaUrl: z.optional(z.string()),
    })]),
    schemaUrl: z.optional(z.string()),
  })]),
});

/**
 * Starts a collector. Each request is taken apart by OpenTelemetry's own protobuf
 * classes; one that does not come out as it went in is answered with 400. The
 * others get the next of `answers`, and 200 once there are no more.
 */
export function collector(
  answers: readonly (() => Response | Promise<Response>)[] = [],
): Collector {
  const requests: ReceivedExport[] = [];
  const server = loopback(async (request) => {
    const found = received(request, await request.bytes());
    if (found === undefined) return new Response(null, { status: 400 });
    const answer = answers[requests.length];
    requests.push(found);
    return await answer?.() ?? Response.json({});
  });
  return {
    url: `http://${server.host}`,
    host: server.host,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The request, as JSON or protobuf says it. */
function decodedBody({ headers }: Request, body: Uint8Array): unknown {
  if (headers.get("content-type") === "application/x-protobuf") {
    return fromProtobuf(body);
  }
  const text = new TextDecoder().decode(body);
  const decoded = throughProtobuf(text);
  assertEquals(decoded, JSON.parse(text));
  return decoded;
}

function received(
  request: Request,
  body: Uint8Array,
): ReceivedExport | undefined {
  try {
    const decoded = decodedBody(request, body);
    const { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] } =
      tracesData.parse(decoded);
    return {
      path: new URL(request.url).pathname,
      headers: request.headers,
      resource: resource.attributes,
      spans: spans.map((span) => ({ ...span, text: JSON.stringify(span) })),
      at: performance.now(),
    };
  } catch {
    return undefined;
  }
}
