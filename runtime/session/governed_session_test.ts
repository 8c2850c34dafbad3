import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { memorySink } from "../../evidence/artifacts.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { VOLATILE } from "../../tests/forgery.ts";
import { stage } from "../../tests/rehearsal.ts";
import type { RunEvent } from "../record/event.ts";
import {
  governedSession,
  type GovernedSessionSpec,
  type RecordSession,
} from "./governed_session.ts";
import { modelText } from "./model_text.ts";

/** A session of a rehearsal, and what it would be opened with. */
function prepared(policy: object = {}) {
  const { spec, world, signal } = stage({
    policy: {
      on_deny: "continue",
      loop_budget: { max_iterations: 1 },
      ...policy,
    },
  });
  const own: GovernedSessionSpec = {
    runId: spec.runId,
    seed: spec.seed,
    policy: spec.policy,
    sandbox: spec.sandbox,
    question: "What now?",
    tools: [...spec.tools.values()],
  };
  return { spec: own, env: { ...world(1_000_000n), signal } };
}

function recording(sink = memorySink()) {
  const events: RunEvent[] = [];
  const record: RecordSession = (all) =>
    recordRun(all, sink, {
      programVersion: "0.0.0",
      volatile: () => VOLATILE,
      recorded: (event) => events.push(event),
    });
  return { events, record };
}

Deno.test("governedSession() tells a model of the tools that the policy allows, by name and schema", async () => {
  const { spec, env } = prepared({
    tool_registry: { allowed: ["work"], denied: [] },
  });
  const session = governedSession(spec, env, recording().record);
  assertEquals(session.tools.map(({ name }) => name), ["work"]);
  const [work] = session.tools;
  assertEquals(work?.inputSchema.type, "object");
  assertEquals((await work?.call({ text: "a" }))?.type, "result");
  await session.close();
});

Deno.test("governedSession() names calls that their caller does not name", async () => {
  const { spec, env } = prepared();
  const { events, record } = recording();
  const session = governedSession(spec, env, record);
  for (const id of [undefined, "", "mine", undefined]) {
    await session.call("work", {}, { id });
  }
  await session.close();
  assertEquals(
    events.flatMap((event) =>
      event.type === "call_proposed" ? [event.call_id] : []
    ),
    ["call_1", "call_2", "mine", "call_4"],
  );
});

Deno.test("governedSession() denies arguments that are no object, and throws what is no JSON", async () => {
  const { spec, env } = prepared();
  const session = governedSession(spec, env, recording().record);
  for (const args of [[], "text", 7, null]) {
    const { type } = await session.call("work", args);
    assertEquals(type, "denied", JSON.stringify(args));
  }
  for (const args of [undefined, 7n, () => {}]) {
    await assertRejects(() => session.call("work", args), TypeError, "work");
  }
  await session.close();
});

Deno.test("governedSession() throws out of each call why its record cannot be written, and runs nothing more", async () => {
  const { spec, env } = prepared();
  const ran: unknown[] = [];
  const tools = spec.tools.map((tool) => ({
    ...tool,
    run(args: unknown) {
      ran.push(args);
      return Promise.resolve(null);
    },
  }));
  const sink = memorySink();
  const full = {
    ...sink,
    sync() {
      throw new RangeError("The disk is full");
    },
  };
  const session = governedSession(
    { ...spec, tools },
    env,
    recording(full).record,
  );
  const calls = [session.call("work", {}), session.call("work", {})];
  for (const call of calls) {
    await assertRejects(() => call, RangeError, "The disk is full");
  }
  await assertRejects(() => session.call("work", {}), RangeError);
  await assertRejects(() => session.close(), RangeError);
  assertEquals(ran, []);
});

Deno.test("governedSession() listens to a signal only as long as its record grows", async () => {
  const { spec, env } = prepared();
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = new Proxy(signal, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key === "addEventListener") listeners += 1;
      if (key === "removeEventListener") listeners -= 1;
      return value.bind(target);
    },
  });
  const session = governedSession(
    spec,
    { ...env, signal: counted },
    recording().record,
  );
  assertEquals(listeners, 1);
  await session.close();
  assertEquals(listeners, 0);
});

Deno.test("governedSession() refuses two tools of one name", () => {
  const { spec, env } = prepared();
  const tools = [...spec.tools, ...spec.tools];
  assertThrows(
    () => governedSession({ ...spec, tools }, env, recording().record),
    RangeError,
    "the name is taken",
  );
});

Deno.test("modelText() says of a call that runs elsewhere that it has no result yet", () => {
  assertEquals(
    modelText({ type: "allowed", args: {}, idempotencyKey: "0" }),
    '{"accepted":"the tool runs elsewhere; its result is not there yet"}',
  );
});
