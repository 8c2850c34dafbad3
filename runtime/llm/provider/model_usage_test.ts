import { assertEquals } from "@std/assert";
import type { Usage } from "../../record/usage.ts";
import { modelUsage } from "./model_usage.ts";

const COUNTS: readonly {
  readonly id: string;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly reasoning?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly raw?: { readonly [key: string]: unknown };
  readonly want: Usage | undefined;
}[] = [
  {
    id: "takes input and output",
    input: 3,
    output: 4,
    want: { input_tokens: 3, output_tokens: 4 },
  },
  {
    id: "takes reasoning out of the output",
    input: 3,
    output: 10,
    reasoning: 6,
    want: { input_tokens: 3, output_tokens: 4, reasoning_tokens: 6 },
  },
  {
    id: "adds reasoning that is more than the output",
    input: 3,
    output: 4,
    reasoning: 6,
    want: { input_tokens: 3, output_tokens: 4, reasoning_tokens: 6 },
  },
  {
    id: "leaves negative reasoning for the loop to refuse",
    input: 3,
    output: 4,
    reasoning: -1,
    want: { input_tokens: 3, output_tokens: 4, reasoning_tokens: -1 },
  },
  {
    id: "tells what the input has of a cache",
    input: 9,
    output: 4,
    cacheRead: 5,
    cacheWrite: 2,
    want: {
      input_tokens: 9,
      cached_input_tokens: 5,
      cache_write_tokens: 2,
      output_tokens: 4,
    },
  },
  {
    id: "does not tell of an empty cache",
    input: 9,
    output: 4,
    cacheRead: 0,
    cacheWrite: 0,
    want: { input_tokens: 9, output_tokens: 4 },
  },
  {
    id: "leaves a negative cache for the loop to refuse",
    input: 9,
    output: 4,
    cacheRead: -1,
    want: { input_tokens: 9, cached_input_tokens: -1, output_tokens: 4 },
  },
  {
    id: "takes the sum that OpenAI reports",
    input: 3,
    output: 4,
    raw: { total_tokens: 9 },
    want: { input_tokens: 3, output_tokens: 4, total_tokens: 9 },
  },
  {
    id: "takes the sum that Google reports",
    input: 3,
    output: 4,
    raw: { totalTokenCount: 9 },
    want: { input_tokens: 3, output_tokens: 4, total_tokens: 9 },
  },
  {
    id: "ignores a sum that is not a number",
    input: 3,
    output: 4,
    raw: { total_tokens: "9" },
    want: { input_tokens: 3, output_tokens: 4 },
  },
  { id: "misses the input", input: undefined, output: 4, want: undefined },
  { id: "misses the output", input: 3, output: undefined, want: undefined },
];

for (const { id, input, output, reasoning, raw, want, ...cache } of COUNTS) {
  Deno.test(`modelUsage() ${id}`, () => {
    assertEquals(
      modelUsage({
        inputTokens: { total: input, ...cache },
        outputTokens: { total: output, reasoning },
        raw,
      }),
      want,
    );
  });
}
