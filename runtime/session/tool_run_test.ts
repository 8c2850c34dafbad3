import { assertEquals, assertThrows } from "@std/assert";
import type { Json } from "../../tools/data/json.ts";
import { ToolError } from "../../tools/tool_error.ts";
import type { RunEvent } from "../record/event.ts";
import {
  eventsOf,
  inTurn,
  listener,
  outage,
  rehearse,
  type WorkArgs,
} from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";

/** Number, outcome, wait and error type of each attempt. */
function attempts(events: readonly RunEvent[]): readonly string[] {
  return eventsOf("attempt_finished", events).map((event) =>
    `${event.attempt} ${event.outcome} ${event.backoff_ms} ${event.error?.type}`
  );
}

Deno.test("runTool() puts the attempts of a failing tool on record, then its success", async () => {
  const events = await rehearse(REHEARSALS.transient_twice());
  const error = {
    kind: "transient",
    type: "503",
    exception_class: "ToolError",
    message: "The server answered 503",
  };
  assertEquals(events.slice(6, 11), [
    {
      v: 2,
      seq: 6,
      ts: "10000000",
      step: 1,
      call: 3,
      type: "attempt_finished",
      started_at: "9000000",
      call_id: "call_1_1",
      attempt: 1,
      outcome: "transient_failure",
      backoff_ms: 104,
      error,
    },
    {
      v: 2,
      seq: 7,
      ts: "116000000",
      step: 1,
      call: 3,
      type: "attempt_finished",
      started_at: "115000000",
      call_id: "call_1_1",
      attempt: 2,
      outcome: "transient_failure",
      backoff_ms: 194,
      error,
    },
    {
      v: 2,
      seq: 8,
      ts: "312000000",
      step: 1,
      call: 3,
      type: "attempt_finished",
      started_at: "311000000",
      call_id: "call_1_1",
      attempt: 3,
      outcome: "success",
      backoff_ms: 0,
      error: null,
    },
    {
      v: 2,
      seq: 9,
      ts: "313000000",
      step: 1,
      call: 3,
      type: "tool_finished",
      call_id: "call_1_1",
      tool: "work",
      result: { ok: true },
      redirect: null,
      error: null,
    },
    {
      v: 2,
      seq: 10,
      ts: "314000000",
      step: 1,
      type: "step_finished",
      failure_mode: "tool_call_failure",
    },
  ]);
});

Deno.test("runTool() gives up when every allowed attempt has failed", async () => {
  const events = await rehearse(REHEARSALS.retries_exhausted());
  assertEquals(attempts(events), [
    "1 transient_failure 104 503",
    "2 transient_failure 146 503",
    "3 exhausted 0 503",
  ]);
  assertEquals(
    eventsOf("tool_finished", events).map((event) => [
      event.result,
      event.redirect,
      event.error,
    ]),
    [[null, null, {
      kind: "transient",
      type: "503",
      exception_class: "ToolError",
      message: "The server answered 503",
    }]],
  );
});

const FAILURES: readonly {
  readonly name: keyof typeof REHEARSALS;
  readonly outcome?: string;
  readonly error: object;
}[] = [
  {
    name: "unforeseen_throw",
    error: {
      kind: "unhandled",
      type: "RangeError",
      exception_class: "RangeError",
      message: "Index 9 is out of range",
    },
  },
  {
    name: "throw_without_words",
    error: {
      kind: "unhandled",
      type: "Error",
      exception_class: "Error",
      message: "",
    },
  },
  {
    name: "foreseen_failure",
    error: {
      kind: "reported",
      type: "not_found",
      exception_class: "ToolError",
      message: "There is no such file",
    },
  },
  {
    name: "hidden_refusal",
    outcome: "permission_denied",
    error: {
      kind: "permission_denied",
      type: "permission_denied",
      exception_class: "NotCapable",
      message: "the process has no permission for this (--allow-net)",
    },
  },
  {
    name: "result_that_is_not_json",
    error: {
      kind: "unhandled",
      type: "TypeError",
      exception_class: "TypeError",
      message: "Do not know how to serialize a BigInt",
    },
  },
  {
    name: "result_too_large",
    error: {
      kind: "reported",
      type: "result_too_large",
      exception_class: "ToolError",
      message:
        "Cannot record the result: its JSON is longer than 4194304 characters",
    },
  },
  {
    name: "cancelled_during_a_tool",
    error: {
      kind: "cancelled",
      type: "cancelled",
      exception_class: "AbortError",
      message: "The signal has been aborted",
    },
  },
];

for (const { name, outcome = "non_retryable", error } of FAILURES) {
  Deno.test(`runTool() does not try again after ${name}`, async () => {
    const events = await rehearse(REHEARSALS[name]());
    assertEquals(
      eventsOf("attempt_finished", events).map((event) => [
        event.attempt,
        event.outcome,
        event.backoff_ms,
        event.error,
      ]),
      [[1, outcome, 0, error]],
    );
    assertEquals(
      eventsOf("tool_finished", events).map((event) => [
        event.result,
        event.error,
      ]),
      [[null, error]],
    );
  });
}

Deno.test("runTool() says of a wait that was cut off why the tool has no result", async () => {
  const events = await rehearse(REHEARSALS.cancelled_while_backing_off());
  assertEquals(attempts(events), ["1 transient_failure 104 503"]);
  assertEquals(eventsOf("tool_finished", events)[0]?.error, {
    kind: "cancelled",
    type: "cancelled",
    exception_class: "AbortError",
    message: "The signal has been aborted",
  });
});

Deno.test("runTool() sleeps as long as the record says, with the signal of the run", async () => {
  const { signal } = new AbortController();
  const slept: unknown[] = [];
  await rehearse({
    ...REHEARSALS.transient_twice(),
    signal,
    sleep(ms, given) {
      slept.push([ms, given === signal]);
      return Promise.resolve();
    },
  });
  assertEquals(slept, [[104, true], [194, true]]);
});

const TOLD: readonly {
  readonly name: string;
  readonly work: () => Promise<Json>;
  readonly content: string;
}[] = [
  {
    name: "a foreseen failure",
    work: inTurn(new ToolError("There is no such file", { type: "x" })),
    content: '{"error":"There is no such file"}',
  },
  {
    name: "a text",
    work: inTurn("half \ud83d"),
    content: '"half \\ud83d"',
  },
  { name: "nothing", work: inTurn(undefined), content: "null" },
  {
    name: "numbers that JSON lacks",
    work: inTurn([NaN, Infinity, -0]),
    content: "[null,null,0]",
  },
];

const WORK_THEN_DONE = [{ calls: [{ tool: "work" }] }, { answer: "done" }];

for (const { name, work, content } of TOLD) {
  Deno.test(`runTool() tells the model of ${name}`, async () => {
    const { llm, heard } = listener(WORK_THEN_DONE);
    await rehearse({ llm, work });
    assertEquals(heard[1]?.at(-1), {
      role: "tool",
      call_id: "call_1_1",
      tool: "work",
      content,
    });
  });
}

Deno.test("runTool() records the result as it was when the tool returned it", async () => {
  const result = { list: [1] };
  const { llm } = listener(WORK_THEN_DONE);
  const events = await rehearse({
    work: () => Promise.resolve(result),
    llm(input, signal) {
      if (input.step === 2) result.list.push(2);
      return llm(input, signal);
    },
  });
  assertEquals(result, { list: [1, 2] });
  assertEquals(eventsOf("tool_finished", events)[0]?.result, { list: [1] });
});

Deno.test("runTool() gives the tool what is on record, frozen", async () => {
  const seen: unknown[] = [];
  const events = await rehearse({
    ...REHEARSALS.transient_twice(),
    work(args) {
      seen.push(args);
      for (const key of ["text", "more"]) {
        assertThrows(
          () => Object.defineProperty(args, key, { value: "changed" }),
          TypeError,
        );
      }
      return seen.length === 1 ? Promise.reject(outage()) : Promise.resolve(1);
    },
  });
  const [intent] = eventsOf("tool_started", events);
  assertEquals(intent?.args, { text: "go" });
  assertEquals(seen.map((args) => args === intent?.args), [true, true]);
});

/** Keys made by hand: the SHA-256 of `["rehearsal",5,"work",…]`, arguments in the form of RFC 8785. */
const KEYS: readonly {
  readonly args: WorkArgs | string;
  readonly key: string;
}[] = [
  {
    args: { text: "go" },
    key: "f5eed61136a7b3a470efaaea989f1f84b680c2c42f9cf7850c75cd11805e52fd",
  },
  {
    args: { url: "https://fixtures.local/", text: 'Käse "😀"' },
    key: "a3d0f1bfa3c27576e4bf93c7c4c9bf50ac1689d16fbdc1492442b00098933bc2",
  },
  {
    args:
      ' {"url":"https:\\/\\/fixtures.local\\/","text":"K\\u00e4se \\"\\ud83d\\ude00\\""}',
    key: "a3d0f1bfa3c27576e4bf93c7c4c9bf50ac1689d16fbdc1492442b00098933bc2",
  },
];

for (const { args, key } of KEYS) {
  const call = typeof args === "string"
    ? { tool: "work", args_json: args }
    : { tool: "work", args: { ...args } };
  Deno.test(`runTool() has the idempotency key ${key.slice(0, 8)} for ${JSON.stringify(args)}`, async () => {
    const told: string[] = [];
    const events = await rehearse({
      script: [{ calls: [call] }, { answer: "done" }],
      work(_args, { idempotencyKey }) {
        told.push(idempotencyKey);
        return told.length < 3
          ? Promise.reject(outage())
          : Promise.resolve(null);
      },
    });
    assertEquals(eventsOf("tool_started", events)[0]?.idempotency_key, key);
    assertEquals(told, [key, key, key]);
  });
}

Deno.test("runTool() has another idempotency key when the same call comes again", async () => {
  const events = await rehearse(REHEARSALS.fourth_identical_call());
  const keys = eventsOf("tool_started", events).map((event) =>
    event.idempotency_key
  );
  assertEquals(new Set(keys).size, 3);
});

/** A tool that never answers, and says so to the clock. */
function hanging(expire: () => void, seen: AbortSignal[] = []) {
  return (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
    seen.push(signal);
    queueMicrotask(expire);
    return new Promise<never>(() => {});
  };
}

Deno.test("runTool() stops waiting for an attempt that takes too long, and tells it to stop", async () => {
  const seen: AbortSignal[] = [];
  const events = await rehearse({
    policy: { retry: { ...RETRY, attempt_timeout_ms: 250 } },
    script: [{ calls: [{ tool: "work", args: {} }] }],
    workWith: ({ expire }) => hanging(expire, seen),
  });
  const attempts = eventsOf("attempt_finished", events);
  assertEquals(
    attempts.map(({ outcome, error }) => [outcome, error]),
    [["non_retryable", {
      kind: "unhandled",
      type: "timeout",
      exception_class: "TimeoutError",
      message: "there was no result within 250 ms",
    }]],
  );
  const [attempt] = attempts;
  assertEquals(
    BigInt(attempt?.ts ?? 0) - BigInt(attempt?.started_at ?? 0),
    251_000_000n,
  );
  assertEquals(seen.map(({ aborted }) => aborted), [true]);
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "failure_mode_terminal",
  );
});

Deno.test("runTool() tries an idempotent tool again that took too long", async () => {
  const events = await rehearse({
    policy: { retry: { ...RETRY, max_retries: 1 } },
    script: [{ calls: [{ tool: "work", args: {} }] }],
    idempotent: true,
    workWith: ({ expire }) => hanging(expire),
  });
  assertEquals(
    eventsOf("attempt_finished", events).map(({ outcome }) => outcome),
    ["transient_failure", "exhausted"],
  );
});

const RETRY = { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 };

Deno.test("runTool() waits as long as a server asks, and no shorter than the policy says", async () => {
  const events = await rehearse(REHEARSALS.server_asks_to_wait());
  assertEquals(
    eventsOf("attempt_finished", events).map(({ outcome, backoff_ms }) => [
      outcome,
      backoff_ms,
    ]),
    [["transient_failure", 2000], ["success", 0]],
  );
});
