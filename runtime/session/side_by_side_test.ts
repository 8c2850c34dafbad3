import { assertEquals } from "@std/assert";
import { replay } from "../../evidence/replay/replay.ts";
import { memorySource } from "../../evidence/artifact_source.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import { recorded } from "../../tests/forgery.ts";
import {
  eventsOf,
  type Rehearsal,
  rehearse,
  stage,
} from "../../tests/rehearsal.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { ToolError } from "../../tools/tool_error.ts";
import type { WorkArgs } from "../../tests/rehearsal.ts";
import { governedLoop } from "../loop.ts";
import type { RunEvent } from "../record/event.ts";
import { rerun } from "../rerun/rerun.ts";

const BUDGET = { max_iterations: 10, max_parallel: 3 };

/** Three calls of one answer, which return in a given order; `c` is denied where it is not allowed. */
function three(
  order: readonly string[],
  given: Rehearsal = {},
): Rehearsal & { readonly ran: string[] } {
  const ran: string[] = [];
  const doors = new Map(
    order.map((text) => [text, Promise.withResolvers<void>()]),
  );
  let turn = 0;
  function openNext(): void {
    const text = order[turn];
    turn += 1;
    if (text !== undefined) doors.get(text)?.resolve();
  }
  return {
    policy: { loop_budget: BUDGET },
    script: [
      {
        calls: ["a", "b", "c"].map((text) => ({
          tool: "work",
          args: { text },
        })),
      },
      { answer: "done" },
    ],
    async work({ text = "" }: WorkArgs) {
      ran.push(text);
      // All are running when the first one returns.
      if (ran.length === order.length) openNext();
      await doors.get(text)?.promise;
      openNext();
      return { text };
    },
    ...given,
    ran,
  };
}

/** Type and arguments or step of each event, short. */
function told(events: readonly RunEvent[]): readonly string[] {
  const names = new Map<number, string>();
  return events.flatMap((event) => {
    if (event.type === "call_proposed") {
      names.set(event.seq, JSON.parse(event.args_json).text);
    }
    const call = names.get(event.call ?? event.seq);
    return call === undefined ? [] : [`${call} ${event.type}`];
  });
}

const ORDERS = [
  ["a", "b", "c"],
  ["a", "c", "b"],
  ["b", "a", "c"],
  ["b", "c", "a"],
  ["c", "a", "b"],
  ["c", "b", "a"],
];

for (const order of ORDERS) {
  Deno.test(`calls that run side by side return in any order: ${order}`, async () => {
    const events = await rehearse(three(order));
    assertEquals(
      told(events).filter((each) => each.endsWith("tool_started")),
      ["a", "b", "c"].map((call) => `${call} tool_started`),
    );
    assertEquals(
      told(events).filter((each) => each.endsWith("tool_finished")),
      order.map((call) => `${call} tool_finished`),
    );
    assertEquals(await replay(events), undefined);
    const { findings } = verifyRun(memorySource(await recorded(three(order))));
    assertEquals(findings, []);
  });

  Deno.test(`a run with calls side by side goes on wherever it broke off: ${order}`, async () => {
    const whole = await rehearse(three(order, { idempotent: true }));
    for (let length = 1; length < whole.length; length++) {
      const past = whole.slice(0, length);
      const receipts = eventsOf("tool_finished", past).length;
      const given = three(order, { idempotent: true });
      const again = await resumed(
        { ...given, work: answering(given.ran) },
        past,
      );
      const where = `after ${length} events`;
      assertEquals(again.slice(0, length), past, where);
      assertEquals(again.at(-1)?.type, "run_finished", where);
      assertEquals(eventsOf("tool_finished", again).length, 3, where);
      assertEquals(given.ran.length, 3 - receipts, where);
      assertEquals(new Set(given.ran).size, given.ran.length, where);
      assertEquals(await replay(again), undefined, where);
    }
  });

  Deno.test(`each intent without a receipt is indeterminate on its own: ${order}`, async () => {
    const whole = await rehearse(three(order));
    for (let length = 1; length < whole.length; length++) {
      const past = whole.slice(0, length);
      const begun = eventsOf("tool_started", past).length;
      const receipts = eventsOf("tool_finished", past).length;
      const given = three(order);
      const again = await resumed(
        { ...given, work: answering(given.ran) },
        past,
      );
      const lost = eventsOf("tool_finished", again)
        .filter(({ error }) => error?.type === "indeterminate");
      const where = `after ${length} events`;
      assertEquals(lost.length, begun - receipts, where);
      assertEquals(await replay(again), undefined, where);
    }
  });
}

function answering(ran: string[]) {
  return ({ text = "" }: WorkArgs) => {
    ran.push(text);
    return Promise.resolve({ text });
  };
}

/** Goes on after a record that broke off. */
async function resumed(
  given: Rehearsal,
  past: readonly RunEvent[],
): Promise<readonly RunEvent[]> {
  const { spec, world, signal } = stage(given);
  const again = rerun(past, { env: world, signal, sentAgain() {} });
  const tools = toolRegistry(again.tools([...spec.tools.values()]));
  const run = governedLoop(again.spec({ ...spec, tools }), again.env);
  const events: RunEvent[] = [];
  for await (const event of again.follow(run)) events.push(event);
  return events;
}

Deno.test("no more calls run side by side than the policy allows", async () => {
  let [now, most] = [0, 0];
  const calls = Array.from({ length: 9 }, (_, n) => ({
    tool: "work",
    args: { text: `${n}` },
  }));
  await rehearse({
    policy: { loop_budget: BUDGET },
    script: [{ calls }, { answer: "done" }],
    async work() {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve));
      now -= 1;
      return null;
    },
  });
  assertEquals(most, BUDGET.max_parallel);
});

Deno.test("a denial that ends the run waits for the receipts of calls that run", async () => {
  const given: Rehearsal = {
    policy: { loop_budget: BUDGET },
    script: [{
      calls: [
        { tool: "work", args: { text: "a" } },
        { tool: "rm", args: { text: "b" } },
        { tool: "work", args: { text: "c" } },
      ],
    }],
    async work({ text = "" }) {
      await new Promise((resolve) => setTimeout(resolve));
      return { text };
    },
  };
  const events = await rehearse(given);
  assertEquals(told(events), [
    "a call_proposed",
    "b call_proposed",
    "c call_proposed",
    "a policy_checked",
    "a tool_started",
    "b policy_checked",
    "a attempt_finished",
    "a tool_finished",
  ]);
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "policy_denial_terminal",
  );
  assertEquals(await replay(events), undefined);
  const { findings } = verifyRun(memorySource(await recorded(given)));
  assertEquals(findings, []);
});

Deno.test("a limit of calls counts at the intent, so that calls side by side cannot pass it", async () => {
  const given = three(["a", "b"], {
    policy: {
      on_deny: "continue",
      loop_budget: BUDGET,
      call_limits: [{
        id: "two",
        tools: ["work"],
        max_calls: 2,
      }],
    },
  });
  const events = await rehearse(given);
  assertEquals(
    eventsOf("policy_checked", events).map(({ decision }) => decision),
    ["allow", "allow", "deny"],
  );
  assertEquals(await replay(events), undefined);
});

Deno.test("one call waits for a person while the others run", async () => {
  const answer = Promise.withResolvers<void>();
  const given: Rehearsal = {
    policy: {
      loop_budget: BUDGET,
      escalate: [{
        tools: ["work"],
        when: [{ argument: "text", equals: "a" }],
        reason: "a is asked about",
      }],
    },
    script: [
      { calls: ["a", "b"].map((text) => ({ tool: "work", args: { text } })) },
      { answer: "done" },
    ],
    work({ text = "" }) {
      if (text === "b") setTimeout(answer.resolve);
      return Promise.resolve({ text });
    },
    async approver() {
      await answer.promise;
      return { approver: "ada", verdict: "approved" };
    },
  };
  const events = await rehearse(given);
  const order = told(events);
  assertEquals(
    order.indexOf("b tool_finished") < order.indexOf("a approval_resolved"),
    true,
    `${order}`,
  );
  assertEquals(await replay(events), undefined);
});

Deno.test("a reported failure of one call leaves the others alone", async () => {
  const given = three(["c", "b", "a"]);
  const events = await rehearse({
    ...given,
    async work(args, context) {
      const result = await given.work?.(args, context);
      if (args.text === "b") {
        throw new ToolError("No such thing", { type: "not_found" });
      }
      return result ?? null;
    },
  });
  assertEquals(
    eventsOf("tool_finished", events).map(({ error }) => error?.kind ?? null),
    [null, "reported", null],
  );
  assertEquals(await replay(events), undefined);
});

Deno.test("a cancelled run ends each call that runs side by side", async () => {
  const controller = new AbortController();
  const events = await rehearse(three(["a", "b", "c"], {
    signal: controller.signal,
    work({ text }, { signal }) {
      if (text === "c") setTimeout(() => controller.abort());
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
  }));
  assertEquals(
    eventsOf("tool_finished", events).map(({ error }) => error?.kind),
    ["cancelled", "cancelled", "cancelled"],
  );
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "cancelled",
  );
  assertEquals(await replay(events), undefined);
});
