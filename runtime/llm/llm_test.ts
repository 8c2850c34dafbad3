import { assertEquals } from "@std/assert";
import { judgeOutput } from "./llm.ts";
import { tokensOf } from "../record/usage.ts";

const CALL = { id: "1", tool: "echo", args_json: "{}" };
const USAGE = { input_tokens: 1, output_tokens: 2 };

function cyclic(): unknown {
  const output: Record<string, unknown> = Object.create(null);
  output.calls = output;
  return output;
}

const SOUND: readonly { readonly name: string; readonly output: object }[] = [
  { name: "an answer", output: { answer: "done" } },
  { name: "a call", output: { calls: [CALL] } },
  { name: "two calls with the same id", output: { calls: [CALL, CALL] } },
  {
    name: "a call of a tool without a name, with arguments that are not JSON",
    output: { calls: [{ id: "1", tool: "", args_json: "{" }] },
  },
  {
    name: "an answer with everything beside it",
    output: {
      answer: "done",
      usage: {
        ...{ input_tokens: 3, cached_input_tokens: 2, cache_write_tokens: 1 },
        ...{ output_tokens: 2, reasoning_tokens: 0, total_tokens: 2 ** 32 },
      },
      model: "m".repeat(512),
      finish_reason: "",
      raw: "",
    },
  },
];

for (const { name, output } of SOUND) {
  Deno.test(`judgeOutput() accepts ${name}`, () => {
    assertEquals(judgeOutput(output, { limited: undefined }), {
      ok: true,
      output,
    });
  });
}

const UNSOUND: readonly {
  readonly name: string;
  readonly output: unknown;
  readonly reason: string;
  /** Default: the output as JSON. */
  readonly raw?: string;
}[] = [
  {
    name: "neither an answer nor calls",
    output: { raw: "hm" },
    reason: "expected an answer or calls, found neither",
  },
  {
    name: "both an answer and calls",
    output: { answer: "done", calls: [CALL] },
    reason: "expected an answer or calls, found answer and calls",
  },
  {
    name: "an answer and why there is none",
    output: { answer: "done", no_answer: "refusal" },
    reason: "expected an answer or calls, found answer and no_answer",
  },
  {
    name: "a reason that there is not",
    output: { no_answer: "mood" },
    reason:
      'no_answer: Invalid option: expected one of "refusal"|"content_filter"|"length"|"empty_answer"|"unfinished"|"provider_tool_call"',
  },
  {
    name: "an empty answer",
    output: { answer: "" },
    reason: "answer: Too small: expected string to have >=1 characters",
  },
  {
    name: "no calls",
    output: { calls: [] },
    reason: "calls: Too small: expected array to have >=1 items",
  },
  {
    name: "an answer that is not a string",
    output: { answer: ["done"] },
    reason: "answer: Invalid input: expected string, received array",
  },
  {
    name: "an answer that is null",
    output: { answer: null },
    reason: "answer: Invalid input: expected string, received null",
  },
  {
    name: "arguments that are not text",
    output: { calls: [{ ...CALL, args_json: {} }] },
    reason:
      "calls.0.args_json: Invalid input: expected string, received object",
  },
  {
    name: "a call without an id",
    output: { calls: [{ tool: "echo", args_json: "{}" }] },
    reason: "calls.0.id: Invalid input: expected string, received undefined",
  },
  {
    name: "a call with an empty id",
    output: { calls: [{ ...CALL, id: "" }] },
    reason: "calls.0.id: Too small: expected string to have >=1 characters",
  },
  {
    name: "an unknown key",
    output: { answer: "done", allow: true },
    reason: 'the output: Unrecognized key: "allow"',
  },
  {
    name: "negative usage",
    output: { answer: "done", usage: { ...USAGE, output_tokens: -1 } },
    reason: "usage.output_tokens: Too small: expected number to be >=0",
  },
  {
    name: "fractional usage",
    output: { answer: "done", usage: { ...USAGE, input_tokens: 0.5 } },
    reason: "usage.input_tokens: Invalid input: expected int, received number",
  },
  {
    name: "usage that no sum could hold",
    output: { answer: "done", usage: { ...USAGE, total_tokens: 2 ** 32 + 1 } },
    reason: "usage.total_tokens: Too big: expected number to be <=4294967296",
  },
  {
    name: "more cached tokens than the model was given",
    output: {
      answer: "done",
      usage: { input_tokens: 3, cached_input_tokens: 4, output_tokens: 0 },
    },
    reason:
      "usage: cached_input_tokens and cache_write_tokens are more than the input_tokens that they are part of",
  },
  {
    name: "more tokens of a cache than the model was given",
    output: {
      answer: "done",
      usage: {
        input_tokens: 3,
        cached_input_tokens: 2,
        cache_write_tokens: 2,
        output_tokens: 0,
      },
    },
    reason:
      "usage: cached_input_tokens and cache_write_tokens are more than the input_tokens that they are part of",
  },
  {
    name: "negative tokens of a cache",
    output: { answer: "done", usage: { ...USAGE, cache_write_tokens: -1 } },
    reason: "usage.cache_write_tokens: Too small: expected number to be >=0",
  },
  {
    name: "a model without a name",
    output: { answer: "done", model: "" },
    reason: "model: Too small: expected string to have >=1 characters",
  },
  {
    name: "a model whose name is very long",
    output: { answer: "done", model: "m".repeat(513) },
    reason: "model: Too big: expected string to have <=512 characters",
  },
  {
    name: "half of the usage",
    output: { answer: "done", usage: { input_tokens: 1 } },
    reason:
      "usage.output_tokens: Invalid input: expected number, received undefined",
  },
  {
    name: "a text",
    output: "done",
    reason: "the output: Invalid input: expected object, received string",
  },
  {
    name: "null",
    output: null,
    reason: "the output: Invalid input: expected object, received null",
  },
  {
    name: "nothing",
    output: undefined,
    reason: "the output: Invalid input: expected object, received undefined",
    raw: "undefined",
  },
  {
    name: "a bigint",
    output: { answer: 1n },
    reason: "answer: Invalid input: expected string, received bigint",
    raw: "[object Object]",
  },
  {
    name: "an object without a prototype that holds itself",
    output: cyclic(),
    reason: "calls: Invalid input: expected array, received object",
    raw: "[object Object]",
  },
];

for (const { name, output, reason, raw } of UNSOUND) {
  Deno.test(`judgeOutput() refuses ${name}`, () => {
    assertEquals(judgeOutput(output, { limited: undefined }), {
      ok: false,
      reason,
      output: {
        usage: undefined,
        finish_reason: undefined,
        raw: raw ?? JSON.stringify(output),
      },
    });
  });
}

/** Where the policy limits tokens. */
const LIMITED = { limited: "tokens" } as const;

Deno.test("judgeOutput() keeps usage and finish reason of what it refuses, where they are right", () => {
  const finish_reason = "pause_turn";
  const usage = { ...USAGE, input_tokens: -1 };
  assertEquals(judgeOutput({ usage: USAGE, finish_reason }, LIMITED), {
    ok: false,
    reason:
      "expected an answer or calls, found neither (finish_reason: pause_turn)",
    output: {
      usage: USAGE,
      finish_reason,
      raw: JSON.stringify({ usage: USAGE, finish_reason }),
    },
  });
  assertEquals(judgeOutput({ answer: "done", usage, finish_reason }, LIMITED), {
    ok: false,
    reason: "usage.input_tokens: Too small: expected number to be >=0",
    output: {
      usage: undefined,
      finish_reason,
      raw: JSON.stringify({ answer: "done", usage, finish_reason }),
    },
  });
});

Deno.test("judgeOutput() keeps the usage of what it refuses for its finish reason", () => {
  const output = { answer: "done", usage: USAGE, finish_reason: 5 };
  const judged = judgeOutput(output, LIMITED);
  assertEquals([judged.ok, judged.output.usage], [false, USAGE]);
});

Deno.test("judgeOutput() takes no answer for what it says it is, with or without usage", () => {
  const output = { no_answer: "refusal", raw: "I will not." } as const;
  assertEquals(judgeOutput(output, LIMITED), { ok: true, output });
});

Deno.test("judgeOutput() refuses an output without usage where the cost is limited", () => {
  const judged = judgeOutput({ answer: "done" }, { limited: "cost" });
  assertEquals(
    judged.ok ? undefined : judged.reason,
    "usage: missing, while the policy limits cost",
  );
});

Deno.test("judgeOutput() keeps usage and model of what it refuses for its form", () => {
  const output = { usage: USAGE, model: "m" };
  const judged = judgeOutput(output, LIMITED);
  const { usage, model } = judged.output;
  assertEquals([judged.ok, usage, model], [false, USAGE, "m"]);
});

Deno.test("judgeOutput() refuses an output without usage where tokens are limited", () => {
  const output = { answer: "done" };
  assertEquals(judgeOutput(output, LIMITED), {
    ok: false,
    reason: "usage: missing, while the policy limits tokens",
    output: {
      usage: undefined,
      finish_reason: undefined,
      raw: '{"answer":"done"}',
    },
  });
  assertEquals(
    judgeOutput({ ...output, usage: USAGE }, LIMITED).ok,
    true,
  );
});

const COSTS = [
  { usage: undefined, tokens: 0 },
  { usage: { input_tokens: 3, output_tokens: 4 }, tokens: 7 },
  {
    usage: { input_tokens: 3, output_tokens: 4, reasoning_tokens: 5 },
    tokens: 12,
  },
  {
    usage: { input_tokens: 3, output_tokens: 4, total_tokens: 20 },
    tokens: 20,
  },
  {
    usage: {
      input_tokens: 3,
      output_tokens: 4,
      reasoning_tokens: 5,
      total_tokens: 7,
    },
    tokens: 12,
  },
];

for (const { usage, tokens } of COSTS) {
  Deno.test(`tokensOf() counts ${tokens} for ${JSON.stringify(usage)}`, () => {
    assertEquals(tokensOf(usage), tokens);
  });
}
