import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { scriptedLlm, type ScriptStep } from "./scripted_llm.ts";

const INPUT = { step: 1, messages: [], tools: [] };
const SIGNAL = new AbortController().signal;
const USAGE = { input_tokens: 3, output_tokens: 4 };

const STEPS: readonly {
  readonly name: string;
  readonly step: ScriptStep;
  readonly want: object;
}[] = [
  {
    name: "an answer",
    step: { answer: "done" },
    want: {
      answer: "done",
      calls: undefined,
      usage: { input_tokens: 0, output_tokens: 0 },
      finish_reason: "stop",
      raw: undefined,
    },
  },
  {
    name: "calls with arguments, with raw ones and with none",
    step: {
      calls: [
        { tool: "a", args: { b: [1] } },
        { tool: "b", args_json: '{"b":' },
        { tool: "c" },
      ],
      usage: USAGE,
    },
    want: {
      answer: undefined,
      calls: [
        { id: "call_1_1", tool: "a", args_json: '{"b":[1]}' },
        { id: "call_1_2", tool: "b", args_json: '{"b":' },
        { id: "call_1_3", tool: "c", args_json: "{}" },
      ],
      usage: USAGE,
      finish_reason: "tool_calls",
      raw: undefined,
    },
  },
  {
    name: "arguments that are null",
    step: { calls: [{ tool: "a", args: null }] },
    want: {
      answer: undefined,
      calls: [{ id: "call_1_1", tool: "a", args_json: "null" }],
      usage: { input_tokens: 0, output_tokens: 0 },
      finish_reason: "tool_calls",
      raw: undefined,
    },
  },
  {
    name: "text of no form, and usage that is not reported",
    step: { raw: "hm", usage: null },
    want: {
      answer: undefined,
      calls: undefined,
      usage: undefined,
      finish_reason: "stop",
      raw: "hm",
    },
  },
];

for (const { name, step, want } of STEPS) {
  Deno.test(`scriptedLlm() gives ${name}`, async () => {
    assertEquals(await scriptedLlm([step]).llm(INPUT, SIGNAL), want);
  });
}

Deno.test("scriptedLlm() numbers its calls by step and place", async () => {
  const step = { calls: [{ tool: "a" }, { tool: "a" }] };
  const { llm } = scriptedLlm([step, step]);
  await llm(INPUT, SIGNAL);
  const { calls = [] } = await llm({ ...INPUT, step: 2 }, SIGNAL);
  assertEquals(calls.map(({ id }) => id), ["call_2_1", "call_2_2"]);
});

Deno.test("scriptedLlm() fails when it is asked beyond its last step", async () => {
  const { llm, unused } = scriptedLlm([{ answer: "done" }]);
  await llm(INPUT, SIGNAL);
  await assertRejects(
    () => llm({ ...INPUT, step: 2 }, SIGNAL),
    RangeError,
    "Cannot answer in step 2: the script has 1 steps",
  );
  assertEquals(unused(), 0);
});

Deno.test("scriptedLlm() answers in a later step as if it had been asked before", async () => {
  const { llm, unused } = scriptedLlm([{ raw: "1" }, { raw: "2" }]);
  assertEquals((await llm({ ...INPUT, step: 2 }, SIGNAL)).raw, "2");
  assertEquals(unused(), 0);
});

Deno.test("scriptedLlm() counts the steps that were not asked for", async () => {
  const { llm, unused } = scriptedLlm([{ raw: "1" }, { raw: "2" }]);
  assertEquals(unused(), 2);
  await llm(INPUT, SIGNAL);
  assertEquals(unused(), 1);
});

const SCRIPT: readonly ScriptStep[] = [
  { calls: [{ tool: "echo", args: { a: 1, b: 2 } }], usage: null },
  { answer: "done" },
];

Deno.test("scriptedLlm() has the SHA-256 of the script in canonical JSON", () => {
  assertEquals(
    scriptedLlm(SCRIPT).sha256,
    "852bb854cfc0e06d91886c0c0703c6ca5fb74ec611165fcc9fa8997a4089c70b",
  );
  assertEquals(
    scriptedLlm([]).sha256,
    "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
  );
});

const SAME: readonly {
  readonly name: string;
  readonly script: readonly ScriptStep[];
}[] = [
  {
    name: "keys in another order",
    script: [
      { usage: null, calls: [{ args: { b: 2, a: 1 }, tool: "echo" }] },
      { answer: "done" },
    ],
  },
  {
    name: "keys that are there but undefined",
    script: [
      {
        calls: [{
          tool: "echo",
          args: { a: 1, b: 2 },
          args_json: undefined,
        }],
        usage: null,
      },
      { answer: "done", raw: undefined, calls: undefined },
    ],
  },
];

for (const { name, script } of SAME) {
  Deno.test(`scriptedLlm() has the same SHA-256 for ${name}`, () => {
    assertEquals(scriptedLlm(script).sha256, scriptedLlm(SCRIPT).sha256);
  });
}

Deno.test("scriptedLlm() has another SHA-256 for the same steps in another order", () => {
  assertNotEquals(
    scriptedLlm(SCRIPT.toReversed()).sha256,
    scriptedLlm(SCRIPT).sha256,
  );
});
