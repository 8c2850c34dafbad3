import { assertEquals } from "@std/assert";
import type { LlmOutput } from "../llm.ts";
import { modelOutput, type ModelPart } from "./model_output.ts";

const TEXT: ModelPart = { type: "text", text: "Done." };
const TEXT_PART = { type: "text", text: "Done." };
const CALL: ModelPart = {
  type: "tool-call",
  toolCallId: "c1",
  toolName: "read",
  input: "{",
};
const PROPOSED = [{ id: "c1", tool: "read", args_json: "{" }];
const TEXT_JSON = '[{"type":"text","text":"Done."}]';
const CALL_JSON =
  '[{"type":"tool-call","toolCallId":"c1","toolName":"read","input":"{"}]';

const RESULTS: readonly {
  readonly id: string;
  readonly content: readonly ModelPart[];
  readonly unified: string;
  readonly raw?: string;
  readonly want: LlmOutput;
}[] = [
  {
    id: "joins the text of an answer",
    content: [TEXT, { type: "reasoning", text: "Hm." }, TEXT],
    unified: "stop",
    raw: "end_turn",
    want: {
      answer: "Done.Done.",
      finish_reason: "end_turn",
      turn: [TEXT_PART, { type: "reasoning", text: "Hm." }, TEXT_PART],
    },
  },
  {
    id: "names a reason without the provider's word",
    content: [TEXT],
    unified: "stop",
    want: { answer: "Done.", finish_reason: "stop" },
  },
  {
    id: "prefers calls to an answer",
    content: [TEXT, CALL],
    unified: "tool-calls",
    raw: "tool_use",
    want: {
      calls: PROPOSED,
      finish_reason: "tool_use",
      raw: "Done.",
      turn: [TEXT_PART, { type: "call", call: 0 }],
    },
  },
  {
    id: "takes calls of a model that just stopped",
    content: [CALL],
    unified: "stop",
    want: { calls: PROPOSED, finish_reason: "stop" },
  },
  {
    id: "takes no white space for an answer",
    content: [{ type: "text", text: " \n" }],
    unified: "stop",
    want: {
      no_answer: "empty_answer",
      finish_reason: "stop",
      raw: '[{"type":"text","text":" \\n"}]',
    },
  },
  {
    id: "takes nothing for an answer",
    content: [],
    unified: "stop",
    want: { no_answer: "empty_answer", finish_reason: "stop", raw: "[]" },
  },
  {
    id: "takes no pause for an answer",
    content: [TEXT],
    unified: "stop",
    raw: "pause_turn",
    want: {
      no_answer: "unfinished",
      finish_reason: "stop: pause_turn",
      raw: TEXT_JSON,
    },
  },
  {
    id: "takes no text for an answer after tool-calls",
    content: [TEXT],
    unified: "tool-calls",
    raw: "WORD",
    want: { finish_reason: "tool-calls: WORD", raw: TEXT_JSON },
  },
  ...([
    ["length", "length"],
    ["content-filter", "content_filter"],
    ...["error", "interrupted", "other"].map((unified) =>
      [unified, "unfinished"] as const
    ),
  ] as const).flatMap(([unified, no_answer]) => {
    return [{
      id: `takes no text for an answer after ${unified}`,
      content: [TEXT],
      unified,
      raw: "WORD",
      want: { no_answer, finish_reason: `${unified}: WORD`, raw: TEXT_JSON },
    }, {
      id: `takes no calls after ${unified}`,
      content: [CALL],
      unified,
      // A reason that is not given says nothing against them.
      ...unified === "other" ? { raw: "WORD" } : {},
      want: {
        no_answer,
        finish_reason: unified === "other" ? "other: WORD" : unified,
        raw: CALL_JSON,
      },
    }];
  }),
  ...["refusal", "stop"].map((raw) => ({
    id: `tells a refusal from a filter by the word ${raw}`,
    content: [TEXT],
    unified: "content-filter",
    raw,
    want: {
      no_answer: "refusal" as const,
      finish_reason: `content-filter: ${raw}`,
      raw: TEXT_JSON,
    },
  })),
  {
    id: "takes an empty answer that was filtered for filtered",
    content: [],
    unified: "content-filter",
    raw: "SAFETY",
    want: {
      no_answer: "content_filter",
      finish_reason: "content-filter: SAFETY",
      raw: "[]",
    },
  },
  {
    id: "takes nothing from a provider that ran a tool itself",
    content: [{ ...CALL, providerExecuted: true }, TEXT],
    unified: "stop",
    want: {
      no_answer: "provider_tool_call",
      finish_reason: "stop",
      raw:
        '[{"type":"tool-call","toolCallId":"c1","toolName":"read","input":"{","providerExecuted":true},{"type":"text","text":"Done."}]',
    },
  },
];

for (const { id, content, unified, raw, want } of RESULTS) {
  Deno.test(`modelOutput() ${id}`, () => {
    const usage = {
      inputTokens: { total: undefined },
      outputTokens: { total: undefined, reasoning: undefined },
    };
    const finishReason = { unified, raw };
    assertEquals(modelOutput({ content, finishReason, usage }), want);
  });
}

Deno.test("modelOutput() counts the tokens of an answer and of any other output", () => {
  const usage = {
    inputTokens: { total: 3 },
    outputTokens: { total: 4, reasoning: undefined },
  };
  for (const unified of ["stop", "length", "tool-calls"]) {
    const finishReason = { unified, raw: undefined };
    const output = modelOutput({ content: [TEXT], finishReason, usage });
    assertEquals(output.usage, { input_tokens: 3, output_tokens: 4 });
  }
});
