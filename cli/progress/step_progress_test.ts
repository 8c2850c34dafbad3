import { assertEquals } from "@std/assert";
import { type Rehearsal, rehearse, stage } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { HOSTILE_TEXTS, obeyed } from "../../tests/hostile/terminal_texts.ts";
import {
  clientSession,
  sessionTask,
} from "../../runtime/session/client_session.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { stepProgress } from "./step_progress.ts";

/** The lines of a run of which an event comes every so many milliseconds, and what went on in between. */
function told(events: readonly RunEvent[], everyMs = 0) {
  const progress = stepProgress();
  const [lines, doings]: [string[], string[]] = [[], []];
  for (const [index, event] of events.entries()) {
    const nowMs = index * everyMs;
    const line = progress.push(event, nowMs);
    if (line !== undefined) lines.push(line);
    const doing = progress.status(nowMs);
    if (doing !== "") doings.push(doing);
  }
  return { lines, doings, progress };
}

for (
  const [name, lines] of [
    ["two_calls_in_one_answer", [
      "step 1: echo done; work done",
      "step 2: answered",
    ]],
    ["denied_call", ["step 1: rm denied by tool_registry"]],
    ["wrong_arguments", ["step 1: echo denied by arg_schema; schema_mismatch"]],
    ["redirected_elsewhere", [
      "step 1: work redirected; work denied by url_allowlist",
    ]],
    ["iteration_budget", [
      "step 1: echo done",
      "step 2: work done",
      "step 3: the run denied by loop_budget",
    ]],
    ["transient_twice", [
      "step 1: work done at attempt 3; tool_call_failure",
      "step 2: answered",
    ]],
    ["approved", ["step 1: approved by ada; work done", "step 2: answered"]],
    ["cancelled_before_a_step", ["step 1: ended"]],
    ["model_throws", [
      "step 1: the model failed (TypeError); catalogued_unhandled",
    ]],
  ] as const satisfies readonly [
    keyof typeof REHEARSALS,
    readonly string[],
  ][]
) {
  Deno.test(`stepProgress() tells ${name} in a line a step`, async () => {
    assertEquals(told(await rehearse(REHEARSALS[name]())).lines, lines);
  });
}

Deno.test("stepProgress() has a line for every step of whatever a run can do, and nothing goes on in the end", async () => {
  for (const [name, rehearsal] of Object.entries(REHEARSALS)) {
    const events: RunEvent[] = [];
    try {
      events.push(...await rehearse(rehearsal()));
    } catch {
      // It waits for a person or its model.
      continue;
    }
    const { lines, progress } = told(events);
    const steps = events.filter(({ type }) => type === "step_finished");
    assertEquals(lines.length, steps.length, name);
    assertEquals([progress.status(0), progress.isAsked], ["", false], name);
  }
});

Deno.test("stepProgress() says for how long a model and a tool are waited for, and what comes next", async () => {
  const { lines, doings } = told(
    await rehearse(REHEARSALS.busy_model()),
    1500,
  );
  assertEquals(lines, ["step 1: answered in 6.0 s"]);
  assertEquals(doings[0], "step 1: asking the model");
  assertEquals(
    doings[1],
    "step 1: the model failed (429), asking again in 1 s",
  );
  const progress = stepProgress();
  const [started, step, ...rest] = await rehearse(
    REHEARSALS.cost_of_another_model(),
  );
  if (started === undefined || step === undefined) throw new Error("no events");
  progress.push(started, 0);
  progress.push(step, 1000);
  assertEquals(progress.status(1999), "step 1: asking the model");
  assertEquals(progress.status(4200), "step 1: asking the model for 3 s");
  const intent = rest.findIndex(({ type }) => type === "tool_started");
  for (const event of rest.slice(0, intent + 1)) progress.push(event, 5000);
  assertEquals(progress.status(7000), "step 1: running echo for 2 s");
});

Deno.test("stepProgress() knows when a person is waited for", async () => {
  const events = await rehearse(REHEARSALS.approved());
  const progress = stepProgress();
  const asked = events.map((event) => {
    progress.push(event, 0);
    return progress.isAsked ? event.type : undefined;
  }).filter((type) => type !== undefined);
  assertEquals(asked, ["policy_checked"]);
});

Deno.test("stepProgress() has a line for each call of a client, also where calls overlap", async () => {
  const waits = new Map<string, PromiseWithResolvers<null>>();
  const { spec, world, signal } = stage({
    policy: { on_deny: "continue", loop_budget: { max_iterations: 1 } },
    work: ({ text = "" }) => {
      const wait = Promise.withResolvers<null>();
      waits.set(text, wait);
      return wait.promise;
    },
  });
  const session = clientSession({
    ...spec,
    task: sessionTask("What now?"),
    model: {
      execution_path: "client",
      provider: "client",
      model: "test",
      script_sha256: null,
    },
  }, { ...world(1_000_000n), signal });
  const call = (text: string, tool = "work") =>
    session.call({ id: text, tool, args_json: JSON.stringify({ text }) });
  const calls = [call("a"), call("b"), call("c", "rm")];
  session.close();
  const progress = stepProgress();
  const [lines, doings]: [string[], string[]] = [[], []];
  for await (const event of session.events()) {
    const line = progress.push(event, 0);
    if (line !== undefined) lines.push(line);
    doings.push(progress.status(0));
    if (line?.includes("rm")) {
      waits.get("b")?.resolve(null);
      waits.get("a")?.resolve(null);
    }
  }
  await Promise.all(calls);
  assertEquals(lines[0], "call 3: rm denied by tool_registry");
  assertEquals(lines.slice(1).sort(), [
    "call 1: work done",
    "call 2: work done",
  ]);
  assertEquals(
    doings.includes("call 1: running work; call 2: running work"),
    true,
  );
  assertEquals(progress.status(0), "");
});

Deno.test("stepProgress() keeps hostile text on its line, and short", async () => {
  for (const { name, text } of HOSTILE_TEXTS) {
    const hostile: Rehearsal = {
      policy: { on_deny: "continue" },
      script: [{ calls: [{ tool: text.toWellFormed(), args: {} }] }, {
        answer: text.toWellFormed(),
      }],
    };
    const { lines } = told(await rehearse(hostile));
    assertEquals(obeyed(lines.join("\n")), [], name);
    assertEquals(lines.length, 2, name);
    assertEquals(lines[0]?.includes("\n"), false, name);
    assertEquals((lines[0]?.length ?? 0) < 100, true, name);
  }
});
