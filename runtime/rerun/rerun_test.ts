import { assertEquals, assertRejects } from "@std/assert";
import { hanging, rehearse, stage } from "../../tests/rehearsal.ts";
import { again, interrupted, started } from "../../tests/rehearsed_again.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import type { RunEvent } from "../record/event.ts";
import { governedLoop } from "../loop.ts";
import { ModelOutageError } from "../llm/model_outage.ts";
import { DivergenceError } from "./divergence.ts";
import { rerun } from "./rerun.ts";

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`rerun() of ${name} gives the same events, and nothing is run`, async () => {
    const recorded = await rehearse(make());
    assertEquals(await again(make(), recorded), recorded);
  });
}

const UNREPEATABLE = new Set([
  // Its rule counts how often it was asked.
  "denied_after_approval",
  // Their signal stays aborted, so that what is done again is cancelled earlier.
  "cancelled_before_a_step",
  "cancelled_while_a_person_thinks",
  "approved_after_a_cancellation",
  "cancelled_after_an_approval",
  "cancelled_while_a_host_is_looked_up",
  "cancelled_while_a_model_is_busy",
  // Their tool counts how often it was run, and is run again where its receipt is lost.
  "redirected_twice",
  "redirected_after_an_outage",
  // Their model counts how often it was asked.
  "keys_in_another_order",
  "busy_model",
  "model_that_was_out",
  "late_model",
  // Its tool moves the clock, and is run again where its receipt is lost.
  "run_that_takes_too_long",
  // It would take long.
  "many_steps",
]);

for (const [name, make] of Object.entries(REHEARSALS)) {
  if (UNREPEATABLE.has(name)) continue;
  Deno.test(`rerun() of ${name} continues after any event`, async () => {
    const whole = await rehearse({ ...make(), idempotent: true });
    for (let length = 0; length < whole.length; length++) {
      const { events } = await interrupted(
        { ...make(), idempotent: true },
        length,
      );
      assertEquals(events, whole, `interrupted after ${length} events`);
    }
  });
}

const WORK = [
  { calls: [{ tool: "work", args: { text: "go" } }] },
  { answer: "done" },
];

Deno.test("rerun() never runs what has a receipt, and sends an idempotent intent again", async () => {
  let runs = 0;
  const given = () => ({
    script: WORK,
    idempotent: true,
    work() {
      runs += 1;
      return Promise.resolve(runs);
    },
  });
  const whole = await rehearse(given());
  const intent = whole.findIndex(({ type }) => type === "tool_started");
  for (let length = 0; length < whole.length; length++) {
    runs = 0;
    const { sentAgain } = await interrupted(given(), length);
    const last = whole[length - 1]?.type;
    const where = `interrupted after ${length} events`;
    assertEquals(runs, last === "attempt_finished" ? 2 : 1, where);
    assertEquals(
      sentAgain,
      last === "attempt_finished" || last === "tool_started" ? [intent] : [],
      where,
    );
  }
});

Deno.test("rerun() ends with the error of sentAgain, and records nothing of it", async () => {
  let runs = 0;
  const given = {
    script: WORK,
    idempotent: true,
    work() {
      runs += 1;
      return Promise.resolve(runs);
    },
  };
  const whole = await rehearse(given);
  const length = whole.findIndex(({ type }) => type === "tool_started") + 1;
  runs = 0;
  const { spec, world, signal } = stage(given);
  const { run, follow } = started(
    spec,
    rerun(whole.slice(0, length), {
      env: world,
      signal,
      sentAgain: () => Promise.reject(new Error("The disk is full")),
    }),
  );
  const events: RunEvent[] = [];
  const error = await assertRejects(async () => {
    for await (const event of follow(run)) events.push(event);
  });
  assertEquals(Object(error).message, "The disk is full");
  assertEquals([runs, events.length], [0, length]);
});

for (
  const { last, attempts } of [
    { last: "tool_started", attempts: ["non_retryable"] },
    { last: "attempt_finished", attempts: ["success"] },
  ]
) {
  Deno.test(`rerun() takes an intent without a receipt for indeterminate, after ${last}`, async () => {
    let runs = 0;
    const given = {
      script: WORK,
      work() {
        runs += 1;
        return Promise.resolve(runs);
      },
    };
    const whole = await rehearse(given);
    runs = 0;
    const length = whole.findIndex(({ type }) => type === last) + 1;
    const { spec, world, signal } = stage(given);
    const { run, follow } = started(
      spec,
      rerun(whole.slice(0, length), {
        env: world,
        signal,
        sentAgain: () => assertEquals("sent again", "not sent"),
      }),
    );
    const events: RunEvent[] = [];
    for await (const event of follow(run)) {
      events.push(event);
    }
    assertEquals(runs, 0);
    assertEquals(
      events.flatMap((event) =>
        event.type === "attempt_finished" ? [event.outcome] : []
      ),
      attempts,
    );
    assertEquals(
      events.flatMap((event) =>
        event.type === "tool_finished" ? [event.error?.type] : []
      ),
      ["indeterminate"],
    );
    const end = events.at(-1);
    assertEquals(
      end?.type === "run_finished" && end.terminal_reason,
      "failure_mode_terminal",
    );
    assertEquals(await again(given, events), events);
  });
}

Deno.test("rerun() of a record without its end stops where it ends", async () => {
  const whole = await rehearse(REHEARSALS.one_call());
  const error = await assertRejects(
    () => again(REHEARSALS.one_call(), whole.slice(0, 3)),
    DivergenceError,
  );
  assertEquals(error.divergence.expected, undefined);
});

Deno.test("rerun() names the first event that is not what is on record", async () => {
  const whole = await rehearse(REHEARSALS.one_call());
  for (const [index, event] of whole.entries()) {
    const changed = whole.with(index, { ...event, step: event.step + 1 });
    const error = await assertRejects(
      () => again(REHEARSALS.one_call(), changed),
      DivergenceError,
    );
    assertEquals(error.divergence.seq, index);
    assertEquals(error.divergence.expected, changed[index]);
  }
});

for (
  const { what, late } of [
    { what: "its time is up", late: true },
    { what: "the run is cancelled", late: false },
  ]
) {
  Deno.test(`rerun() does not wait for what is sent again and hangs, when ${what}`, async () => {
    const given = { script: WORK, idempotent: true };
    const whole = await rehearse(given);
    const length = whole.findIndex(({ type }) => type === "tool_finished");
    const controller = new AbortController();
    const { spec, world } = stage({
      ...given,
      work() {
        if (!late) queueMicrotask(() => controller.abort());
        return hanging();
      },
    });
    const { run, follow } = started(
      spec,
      rerun(whole.slice(0, length), {
        env: (start) => ({
          ...world(start),
          deadline(_ms, expired) {
            if (late) queueMicrotask(expired);
            return { [Symbol.dispose]() {} };
          },
        }),
        signal: controller.signal,
        sentAgain() {},
      }),
    );
    // The success is on record, so nothing else can be.
    const error = await assertRejects(async () => {
      for await (const event of follow(run)) void event;
    }, DivergenceError);
    assertEquals(error.divergence.seq, length - 1);
  });
}

Deno.test("rerun() asks neither model nor tool nor person nor network where the record has something else", async () => {
  const given = { ...REHEARSALS.public_address(), idempotent: true };
  const whole = await rehearse(given);
  const touched: string[] = [];
  const touch = (what: string) => () => {
    touched.push(what);
    return hanging<never>();
  };
  // Without one of its last two events a record is a shorter one.
  for (let index = 1; index < whole.length - 2; index++) {
    const { spec, world, signal } = stage({
      ...given,
      llm: touch("model"),
      work: touch("tool"),
      resolve: touch("network"),
      approver: touch("person"),
    });
    const { run, follow } = started(
      spec,
      rerun(whole.toSpliced(index, 1).slice(0, -1), {
        env: world,
        signal,
        sentAgain() {},
      }),
    );
    await assertRejects(async () => {
      for await (const event of follow(run)) void event;
    }, DivergenceError);
  }
  assertEquals(touched, []);
});

Deno.test("a run whose model is unavailable stops, and is resumed with as many tries", async () => {
  const { outage: _none, ...given } = REHEARSALS.model_that_was_out();
  const { spec, world, signal } = stage(given);
  let recorded: readonly RunEvent[] = [];
  const outcomes = () =>
    recorded.flatMap((event) =>
      event.type === "attempt_finished"
        ? [`${event.attempt} ${event.outcome}`]
        : []
    );

  /** Runs until the run ends or its model is out. */
  async function goOn(): Promise<void> {
    const past = [...recorded];
    const { run, follow } = started(
      spec,
      rerun(past, {
        env: (start) => world(past.length === 0 ? 1_000_000n : start),
        signal,
        sentAgain: () => {},
      }),
    );
    const events: RunEvent[] = [];
    try {
      for await (const event of follow(run)) events.push(event);
    } finally {
      recorded = events;
    }
  }

  const round = ["1 transient_failure", "2 exhausted"];
  await assertRejects(goOn, ModelOutageError, "429");
  assertEquals(outcomes(), round);
  assertEquals(recorded.at(-1)?.type, "attempt_finished");
  await assertRejects(goOn, ModelOutageError);
  assertEquals(outcomes(), [...round, ...round]);
  await goOn();
  assertEquals(outcomes(), [
    ...[...round, ...round],
    ...["1 transient_failure", "2 success"],
  ]);
  assertEquals(recorded.at(-1)?.type, "run_finished");
  // The same as a run that did not stop, but for the times.
  const whole = await rehearse(REHEARSALS.model_that_was_out());
  assertEquals(
    recorded.map(({ type }) => type),
    whole.map(({ type }) => type),
  );
});

Deno.test("a run of a cassette whose model is out ends, unless it is told to go on", async () => {
  const { outage: _none, ...given } = REHEARSALS.exhausted_model();
  const { spec, world, signal } = stage(given);
  const model = { ...spec.model, execution_path: "replay" } as const;
  const events: RunEvent[] = [];
  const run = governedLoop({ ...spec, model }, { ...world(0n), signal });
  for await (const event of run) events.push(event);
  assertEquals(events.at(-1)?.type, "run_finished");
});

Deno.test("rerun() leaves out a tool that came after the run", async () => {
  const recorded = await rehearse(REHEARSALS.one_call());
  const { spec } = stage(REHEARSALS.one_call());
  const [first] = spec.tools.values();
  const later = first === undefined ? [] : [{ ...first, name: "later" }];
  const again = rerun(recorded);
  assertEquals(
    again.tools([...spec.tools.values(), ...later]).map(({ name }) => name),
    [...spec.tools.keys()],
  );
});
