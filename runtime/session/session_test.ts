import { assertEquals, assertThrows } from "@std/assert";
import {
  inTurn,
  outage,
  type Rehearsal,
  stage,
} from "../../tests/rehearsal.ts";
import { Redirect } from "../../tools/redirect.ts";
import { ToolError } from "../../tools/tool_error.ts";
import type { ProposedCall, RunEvent } from "../record/event.ts";
import type { CallOutcome } from "./call_outcome.ts";
import { openSession, type Session, type SessionSpec } from "./session.ts";
import { toolCall } from "./tool_call.ts";

/** A session that no model drives: its spec has neither a model nor a task. */
function opened(given: Rehearsal): Session {
  const { spec, world, signal } = stage(given);
  const { runId, seed, policy, tools, sandbox, rules } = spec;
  const own: SessionSpec = { runId, seed, policy, tools, sandbox, rules };
  return openSession(own, { ...world(1_000_000n), signal });
}

function proposed(tool: string, args: object = {}): ProposedCall {
  return { id: "a", tool, args_json: JSON.stringify(args) };
}

/** Takes a call to its outcome, with the events that it left. */
async function outcomeOf(session: Session, call: ProposedCall) {
  const events: RunEvent[] = [];
  const going = toolCall(session, call);
  while (true) {
    const next = await going.next();
    if (next.done) return { events, outcome: next.value };
    events.push(next.value);
  }
}

const FORBIDDEN = {
  rule: "tool_registry",
  reason: 'the policy does not allow this tool: "rm"',
} as const;

const UNFORESEEN = {
  kind: "unhandled",
  type: "RangeError",
  exception_class: "RangeError",
  message: "Index 9 is out of range",
} as const;

const FORESEEN = {
  kind: "reported",
  type: "not_found",
  exception_class: "ToolError",
  message: "There is no such file",
} as const;

const OUTCOMES: readonly {
  readonly name: string;
  readonly given: Rehearsal;
  /** The tools that are called, one after the other. Default: `work`. */
  readonly calls?: readonly string[];
  /** Of the last one. */
  readonly want: CallOutcome;
}[] = [
  {
    name: "the tool returned",
    given: { work: inTurn(outage(), { n: 1 }) },
    want: {
      type: "result",
      json: '{"n":1}',
      attempts: ["transient_failure", "success"],
    },
  },
  {
    name: "the tool returned after a redirect",
    given: {
      work: inTurn(
        outage(),
        new Redirect({ url: "https://fixtures.local/b" }),
        { n: 1 },
      ),
    },
    want: {
      type: "result",
      json: '{"n":1}',
      attempts: ["transient_failure", "success", "success"],
    },
  },
  {
    name: "the tool reported a failure",
    given: {
      work: inTurn(new ToolError(FORESEEN.message, { type: FORESEEN.type })),
    },
    want: { type: "reported", error: FORESEEN, attempts: ["non_retryable"] },
  },
  {
    name: "the policy denied the call",
    given: { policy: { on_deny: "continue" } },
    calls: ["rm"],
    want: { type: "denied", ...FORBIDDEN, attempts: [] },
  },
  {
    name: "the policy ends a run at a denial",
    given: {},
    calls: ["rm"],
    want: {
      type: "ended",
      why: { type: "denied", ...FORBIDDEN },
      attempts: [],
    },
  },
  {
    name: "too many calls were denied",
    given: {
      policy: {
        on_deny: "continue",
        loop_budget: { max_iterations: 1, max_denials: 1 },
      },
    },
    calls: ["rm", "rm"],
    want: {
      type: "ended",
      why: { type: "denied_too_often", ...FORBIDDEN },
      attempts: [],
    },
  },
  {
    name: "the tool failed",
    given: { work: inTurn(new RangeError(UNFORESEEN.message)) },
    want: {
      type: "ended",
      why: { type: "failed", error: UNFORESEEN },
      attempts: ["non_retryable"],
    },
  },
  {
    name: "the run was cancelled",
    given: { signal: AbortSignal.abort() },
    want: { type: "ended", why: { type: "cancelled" }, attempts: [] },
  },
];

for (const { name, given, calls = ["work"], want } of OUTCOMES) {
  Deno.test(`toolCall() returns an outcome when ${name}`, async () => {
    const session = opened(given);
    const outcomes: CallOutcome[] = [];
    for (const tool of calls) {
      outcomes.push((await outcomeOf(session, proposed(tool))).outcome);
    }
    assertEquals(outcomes.at(-1), want);
  });
}

Deno.test("openSession() takes calls from a client without a model or a task", async () => {
  const session = opened({ work: inTurn({ n: 1 }, { n: 2 }) });
  const first = await outcomeOf(session, proposed("work", { text: "one" }));
  const second = await outcomeOf(session, proposed("work", { text: "two" }));
  const events = [...first.events, ...second.events];
  assertEquals(
    events.map(({ seq, step, type }) => `${seq} ${step} ${type}`),
    [
      "0 0 call_proposed",
      "1 0 policy_checked",
      "2 0 tool_started",
      "3 0 attempt_finished",
      "4 0 tool_finished",
      "5 0 call_proposed",
      "6 0 policy_checked",
      "7 0 tool_started",
      "8 0 attempt_finished",
      "9 0 tool_finished",
    ],
  );
  assertEquals(session.totals, {
    tool_calls: 2,
    policy_checks: 2,
    denials: 0,
    attempts: 2,
  });
});

Deno.test("openSession() remembers calls: the fourth identical one is denied", async () => {
  const session = opened({ policy: { on_deny: "continue" } });
  const types: string[] = [];
  for (let n = 0; n < 4; n++) {
    types.push((await outcomeOf(session, proposed("work"))).outcome.type);
  }
  assertEquals(types, ["result", "result", "result", "denied"]);
});

Deno.test("openSession() refuses a tool of this process where the policy wants a Worker", () => {
  assertThrows(
    () => opened({ policy: { sandbox: { isolation: "worker" } } }),
    RangeError,
    'Cannot run the tool "echo" in a Worker',
  );
});
