/**
 * `flow` over whole runs: every order of calls of two tools, with redirects, reported
 * errors, retries and approvals; cut after every event and resumed, and replayed.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Redirect } from "../tools/redirect.ts";
import type { Json } from "../tools/data/json.ts";
import { ToolError } from "../tools/tool_error.ts";
import {
  eventsOf,
  outage,
  type Rehearsal,
  rehearse,
  type WorkArgs,
} from "./rehearsal.ts";
import { again, interrupted } from "./rehearsed_again.ts";

type Name = "echo" | "work";

const LABELS = { echo: "private", work: "untrusted" } as const;

type Outcome = ReturnType<NonNullable<Rehearsal["work"]>>;

/** What calls of `work` come to. */
interface Way {
  readonly name: string;
  /** What it is given besides its text. */
  readonly args?: { readonly url: string };
  /** What a try comes to, by its arguments and by how often this call was tried before. */
  readonly work?: (args: WorkArgs, tries: number) => Outcome;
  /** Whether the call is judged a second time, after its own label is set. */
  readonly hops?: boolean;
  /** Default: deny. */
  readonly effect?: "escalate";
}

const FIRST = "https://fixtures.local/a";

const WAYS: readonly Way[] = [
  { name: "calls that return" },
  {
    name: "calls whose error is reported",
    work: () => Promise.reject(new ToolError("Gone", { type: "not_found" })),
  },
  {
    name: "calls that are tried again",
    work: (_, tries) =>
      tries === 0 ? Promise.reject(outage()) : Promise.resolve(null),
  },
  {
    name: "calls that are redirected",
    args: { url: FIRST },
    work: ({ url }) =>
      Promise.resolve(
        url === FIRST
          ? new Redirect({ url: "https://fixtures.local/b" })
          : null,
      ),
    hops: true,
  },
  { name: "calls that a person approves", effect: "escalate" },
];

/** Every order of so many calls of the two tools. */
function orders(length: number): readonly (readonly Name[])[] {
  if (length === 0) return [[]];
  return orders(length - 1).flatMap((order) => [
    [...order, "echo" as const],
    [...order, "work" as const],
  ]);
}

function rehearsalOf(order: readonly Name[], way: Way): Rehearsal {
  const tries = new Map<string, number>();
  return {
    idempotent: true,
    policy: {
      on_deny: "continue",
      tools: (["echo", "work"] as const).map((name): Json => ({
        match: [name],
        labels: [LABELS[name], "sink"],
      })),
      flow: [{
        id: "stays",
        after: ["untrusted", "private"],
        before: "sink",
        effect: way.effect ?? "deny",
        reason: "it may carry private text out",
      }],
    },
    script: [
      ...order.map((tool, index) => ({
        calls: [{
          tool,
          args: { text: `${index}`, ...tool === "work" ? way.args : {} },
        }],
      })),
      { answer: "done" },
    ],
    work(args, { idempotencyKey }) {
      const before = tries.get(idempotencyKey) ?? 0;
      tries.set(idempotencyKey, before + 1);
      return way.work?.(args, before) ?? Promise.resolve(null);
    },
    approver: () => Promise.resolve({ verdict: "approved", approver: "ada" }),
  };
}

/** The reasons of all objections, told from the order of calls alone. */
function objections(order: readonly Name[], way: Way): readonly string[] {
  const since = new Map<Name, number>();
  return order.flatMap((name, index) => {
    const objection = () => {
      const [untrusted, seen] = [since.get("work"), since.get("echo")];
      return untrusted === undefined || seen === undefined ? [] : [
        `"${name}" is a sink; the run is untrusted since call ${untrusted} (work), private since call ${seen} (echo): it may carry private text out`,
      ];
    };
    const found = objection();
    const runs = found.length === 0 || way.effect === "escalate";
    if (runs && !since.has(name)) since.set(name, index + 1);
    const hop = runs && way.hops === true && name === "work";
    return hop ? [...found, ...objection()] : found;
  });
}

for (const way of WAYS) {
  for (const order of orders(4)) {
    Deno.test(`flow names the two calls: ${order.join(", ")}; ${way.name}`, async () => {
      const whole = await rehearse(rehearsalOf(order, way));
      const objected = eventsOf("policy_checked", whole)
        .filter(({ decision }) => decision === (way.effect ?? "deny"));
      assertEquals(
        objected.map(({ reason }) => reason),
        objections(order, way),
      );
      assertEquals(
        objected.filter(({ rule_id }) => rule_id !== "flow"),
        [],
      );
      assertEquals(await again(rehearsalOf(order, way), whole), whole);
      for (let length = 0; length < whole.length; length++) {
        const { events } = await interrupted(rehearsalOf(order, way), length);
        assertEquals(events, whole, `interrupted after ${length} events`);
      }
    });
  }
}
