import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { memorySource } from "../../evidence/artifact_source.ts";
import { memorySink } from "../../evidence/artifacts.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { replay } from "../../evidence/replay/replay.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import { VOLATILE } from "../../tests/forgery.ts";
import {
  eventsOf,
  type Rehearsal,
  stage,
  type WorkArgs,
} from "../../tests/rehearsal.ts";
import { validateTraceText } from "../../trace/validate/validate.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool } from "../../tools/tool.ts";
import { PENDING } from "../approval/approval.ts";
import type { RunEvent } from "../record/event.ts";
import { toolOnRecord } from "../record/recorded_tool.ts";
import { recordedSession } from "../rerun/recorded_session.ts";
import { rerun } from "../rerun/rerun.ts";
import type { CallOutcome } from "./call_outcome.ts";
import { BrokenOffError } from "./side_by_side.ts";
import {
  type ClientSession,
  clientSession,
  type ClientSpec,
  sessionTask,
} from "./client_session.ts";

const MODEL = {
  execution_path: "client",
  provider: "client",
  model: "test",
  script_sha256: null,
} as const;

function opened(given: Rehearsal) {
  const { spec, world, signal } = stage({
    ...given,
    policy: {
      on_deny: "continue",
      loop_budget: { max_iterations: 1 },
      ...given.policy,
    },
  });
  const own: ClientSpec = {
    ...spec,
    task: sessionTask("What now?"),
    model: MODEL,
  };
  return { spec: own, world, signal };
}

type Call = (
  text: string,
  options?: { readonly tool?: string; readonly signal?: AbortSignal },
) => Promise<CallOutcome>;

/** Records what a client does in a session. */
async function session(
  given: Rehearsal,
  client: (call: Call, session: ClientSession) => Promise<unknown>,
) {
  const { spec, world, signal } = opened(given);
  const session = clientSession(spec, { ...world(1_000_000n), signal });
  const sink = memorySink();
  const events: RunEvent[] = [];
  const recording = recordRun(session.events(), sink, {
    programVersion: "0.0.0",
    volatile: () => VOLATILE,
    recorded: (event) => events.push(event),
  });
  const outcomes = await client(
    (text, { tool = "work", signal } = {}) =>
      session.call({
        id: `id ${text}`,
        tool,
        args_json: JSON.stringify({ text }),
        signal,
      }),
    session,
  );
  session.close();
  await recording;
  const { findings } = verifyRun(memorySource(sink.artifacts));
  assertEquals(findings, []);
  assertEquals(await replay(events), undefined);
  assertEquals(
    validateTraceText(sink.artifacts.get("trace.json") ?? ""),
    [],
  );
  return { events, outcomes, artifacts: sink.artifacts };
}

Deno.test("clientSession() records a call that a client proposes, and gives its result back", async () => {
  const { events, outcomes } = await session(
    { work: ({ text = "" }) => Promise.resolve({ text }) },
    async (call) => [await call("a"), await call("b")],
  );
  assertEquals(outcomes, [
    { type: "result", json: '{"text":"a"}', attempts: ["success"] },
    { type: "result", json: '{"text":"b"}', attempts: ["success"] },
  ]);
  assertEquals(
    events.map(({ seq, step, call, type }) => `${seq} ${step} ${call} ${type}`),
    [
      "0 0 undefined run_started",
      "1 1 undefined call_proposed",
      "2 1 1 policy_checked",
      "3 1 1 tool_started",
      "4 1 1 attempt_finished",
      "5 1 1 tool_finished",
      "6 2 undefined call_proposed",
      "7 2 6 policy_checked",
      "8 2 6 tool_started",
      "9 2 6 attempt_finished",
      "10 2 6 tool_finished",
      "11 2 undefined run_finished",
    ],
  );
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "session_closed",
  );
});

const ORDERS = [["a", "b", "c"], ["b", "c", "a"], ["c", "b", "a"]];

/** Three calls at once, which return in a given order. */
async function three(order: readonly string[]) {
  const doors = new Map(
    order.map((text) => [text, Promise.withResolvers<void>()]),
  );
  return await session({
    async work({ text = "" }) {
      await doors.get(text)?.promise;
      return { text };
    },
  }, async (call) => {
    const calls = new Map(order.map((text) => [text, call(text)]));
    await new Promise((resolve) => setTimeout(resolve));
    for (const text of order) {
      doors.get(text)?.resolve();
      await calls.get(text);
    }
  });
}

for (const order of ORDERS) {
  Deno.test(`clientSession() runs calls side by side that return as ${order}, and its record can be closed after any event`, async () => {
    const { events } = await three(order);
    const proposed = eventsOf("call_proposed", events);
    const textOf = (call: number | undefined) =>
      proposed.find(({ seq }) => seq === call)?.call_id;
    assertEquals(
      eventsOf("tool_finished", events).map(({ call }) => textOf(call)),
      order.map((text) => `id ${text}`),
    );
    for (let length = 1; length < events.length; length++) {
      const past = events.slice(0, length);
      const { closed, ran } = await closedAfter(past);
      const where = `after ${length} events`;
      assertEquals(ran, [], where);
      assertEquals(closed.slice(0, length), past, where);
      assertEquals(closed.at(-1)?.type, "run_finished", where);
      assertEquals(await replay(closed), undefined, where);
      const open = eventsOf("tool_started", past).length -
        eventsOf("tool_finished", past).length;
      const lost = eventsOf("tool_finished", closed)
        .filter(({ error }) => error?.type === "indeterminate");
      assertEquals(lost.length, open, where);
    }
  });
}

/** Ends a record that broke off, as `close` does. */
async function closedAfter(past: readonly RunEvent[]) {
  const ran: string[] = [];
  const { spec, world, signal } = opened({
    work({ text = "" }: WorkArgs) {
      ran.push(text);
      return Promise.resolve({ text });
    },
    idempotent: false,
  });
  const again = rerun(past, { env: world, signal, sentAgain() {} });
  const tools = toolRegistry(again.tools([...spec.tools.values()]));
  const own = { ...again.spec({ ...spec, tools, llm: neverAsked }) };
  const closed: RunEvent[] = [];
  const run = recordedSession(
    own,
    again.env,
    {
      toolOf: (tool) => again.tool(toolOnRecord(tool, () => ({ issues: [] }))),
    },
  );
  for await (const event of again.follow(run)) closed.push(event);
  return { closed, ran };
}

const neverAsked = () => Promise.reject(new Error("a session has no model"));

Deno.test("clientSession() tells a denied call which rule and clause denied it, and goes on", async () => {
  const { outcomes } = await session({
    policy: {
      deny: [{
        id: "no-b",
        tools: ["work"],
        when: [{ argument: "text", equals: "b" }],
        reason: "b is not for you",
      }],
    },
  }, async (call) => [
    await call("a", { tool: "rm" }),
    await call("b"),
    await call("c"),
  ]);
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "denied" ? [each.rule, each.clause] : each.type
    ),
    [["tool_registry", null], ["argument_rule", "no-b"], "result"],
  );
});

Deno.test("clientSession() goes on after a failure that no tool declares", async () => {
  const { outcomes } = await session({
    work({ text }) {
      if (text === "a") return Promise.reject(new RangeError("Out of range"));
      return Promise.resolve({ n: 1 });
    },
  }, async (call) => [await call("a"), await call("b")]);
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "reported" ? each.error.message : each.type
    ),
    ["Out of range", "result"],
  );
});

Deno.test("clientSession() under a policy that ends a run at a denial takes no further call", async () => {
  const { outcomes, events } = await session(
    { policy: { on_deny: "terminate" } },
    async (call) => [await call("a", { tool: "rm" }), await call("b")],
  );
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "ended" ? each.why.type : each.type
    ),
    ["denied", "cancelled"],
  );
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "policy_denial_terminal",
  );
});

Deno.test("clientSession() asks its budget when a call comes in", async () => {
  const { outcomes, events } = await session(
    { policy: { loop_budget: { max_iterations: 1, max_tool_calls: 2 } } },
    async (call) => [await call("a"), await call("b"), await call("c")],
  );
  assertEquals((outcomes as CallOutcome[]).map(({ type }) => type), [
    "result",
    "result",
    "denied",
  ]);
  assertEquals(
    eventsOf("policy_checked", events).at(-1)?.rule_id,
    "loop_budget",
  );
});

Deno.test("clientSession() counts the time of its calls, and none in which nothing runs", async () => {
  let wait = () => Promise.resolve();
  const given = (workMs: number): Rehearsal => ({
    policy: { loop_budget: { max_iterations: 1, max_seconds: 5 } },
    workWith(clock) {
      wait = () => clock.sleep(6000);
      return async () => {
        await clock.sleep(workMs);
        return null;
      };
    },
  });
  const types = ({ outcomes }: { readonly outcomes: unknown }) =>
    (outcomes as CallOutcome[]).map(({ type }) => type);
  const busy = await session(
    given(6000),
    async (call) => [await call("a"), await call("b")],
  );
  assertEquals(types(busy), ["result", "denied"]);
  const idle = await session(given(1000), async (call) => {
    const first = await call("a");
    await wait();
    return [first, await call("b")];
  });
  assertEquals(types(idle), ["result", "result"]);
});

Deno.test("clientSession() cancels one call and leaves the others alone", async () => {
  const controller = new AbortController();
  const { outcomes } = await session({
    work({ text }, { signal }) {
      if (text !== "a") return Promise.resolve({ n: 1 });
      setTimeout(() => controller.abort());
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
  }, async (call) => {
    const a = call("a", { signal: controller.signal });
    return [await call("b"), await a, await call("c")];
  });
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "reported" ? each.error.kind : each.type
    ),
    ["result", "cancelled", "result"],
  );
});

Deno.test("clientSession() answers a quick call while a slow one runs", async () => {
  const slow = Promise.withResolvers<void>();
  await session({
    async work({ text }) {
      if (text === "slow") await slow.promise;
      return null;
    },
  }, async (call) => {
    const waiting = call("slow");
    assertEquals((await call("quick")).type, "result");
    slow.resolve();
    await waiting;
  });
});

Deno.test("clientSession() asks a person, and rejects a call that nobody answers", async () => {
  const asked = { escalate: [{ tools: ["work"], reason: "ask first" }] };
  for (
    const { approver, type } of [
      {
        approver: () =>
          Promise.resolve({ approver: "ada", verdict: "approved" } as const),
        type: "result",
      },
      {
        approver: () => Promise.resolve<typeof PENDING>(PENDING),
        type: "denied",
      },
    ] as const
  ) {
    const { outcomes } = await session(
      { policy: asked, approver },
      async (call) => [await call("a")],
    );
    assertEquals((outcomes as CallOutcome[])[0]?.type, type);
  }
});

Deno.test("clientSession() refuses a policy that limits the tokens of a model", () => {
  const { spec, world, signal } = opened({
    policy: { loop_budget: { max_iterations: 1, max_tokens: 9 } },
  });
  assertThrows(
    () => clientSession(spec, { ...world(1n), signal }),
    RangeError,
    "loop_budget.max_tokens",
  );
});

Deno.test("clientSession() rejects calls whose events nobody takes any more", async () => {
  const { spec, world, signal } = opened({});
  const session = clientSession(spec, { ...world(1n), signal });
  const events = session.events();
  await events.next();
  const call = session.call({ id: "a", tool: "work", args_json: "{}" });
  await events.next();
  await events.return();
  await assertRejects(() => call, BrokenOffError);
  const late = session.call({ id: "b", tool: "work", args_json: "{}" });
  await assertRejects(() => late, BrokenOffError);
});

Deno.test("clientSession() rejects calls that came before a start that is not on record", async () => {
  const { spec, world, signal } = opened({});
  const session = clientSession(spec, { ...world(1n), signal });
  const call = session.call({ id: "a", tool: "work", args_json: "{}" });
  const events = session.events();
  await events.next();
  await events.return();
  await assertRejects(() => call, BrokenOffError);
});

/** A tool of a server, whose definition has a hash of its own. */
function served(name: string, definition: string): Tool {
  const { spec } = stage({});
  const work = spec.tools.get("work");
  if (work === undefined) throw new Error("There is no such tool");
  return { ...work, name, definitionSha256: definition.repeat(64) };
}

Deno.test("clientSession() denies a tool whose definition changed, or that came later and is not named in full", async () => {
  const { outcomes, events } = await session({
    policy: {
      tool_registry: { allowed: ["work", "fs.*", "db.read"], denied: [] },
    },
  }, async (call, session) => {
    await session.changeTools({
      tools: [served("fs.read", "a"), served("db.read", "a")],
      removed: [],
    });
    const first = [
      await call("a"),
      await call("b", { tool: "fs.read" }),
      await call("c", { tool: "db.read" }),
    ];
    await session.changeTools({
      tools: [served("work", "b")],
      removed: ["db.read"],
    });
    return [
      ...first,
      await call("d"),
      await call("e", { tool: "db.read" }),
    ];
  });
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "denied" ? each.rule : each.type
    ),
    ["result", "tool_pin", "result", "tool_pin", "tool_registry"],
  );
  assertEquals(
    eventsOf("policy_checked", events).map(({ metadata }) =>
      metadata.pin_match ?? null
    ),
    [null, "later", null, "changed", null],
  );
});

Deno.test("clientSession() denies a tool whose definition is not the one that the policy pins", async () => {
  const pins = { "fs.read": "a".repeat(64), "fs.write": "a".repeat(64) };
  const { outcomes } = await session({
    policy: { tool_registry: { allowed: ["fs.*"], denied: [], pins } },
  }, async (call, session) => {
    await session.changeTools({
      tools: [served("fs.read", "a"), served("fs.write", "b")],
      removed: [],
    });
    return [
      await call("a", { tool: "fs.read" }),
      await call("b", { tool: "fs.write" }),
    ];
  });
  assertEquals(
    (outcomes as CallOutcome[]).map((each) =>
      each.type === "denied" ? each.rule : each.type
    ),
    ["result", "tool_pin"],
  );
});
