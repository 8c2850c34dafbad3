import { z } from "../deps.ts";
import { type Schema, standardSchema } from "./schema.ts";
import { sentences } from "./sentences.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_SENTENCES = 3;
const STOP_WORDS = new Set(
  ("a about after all also an and any are as at be because been before but by can did do does " +
    "for from had has have he her his how i if in into is it its may more no not of on one only " +
    "or other our out over she so some such than that the their them then there these they this " +
    "those to two under until up was we were what when where which while who will with would you")
    .split(" "),
);

/** The arguments of `summarize`. */
export interface SummarizeArgs {
  /** Prose or Markdown to shorten, not empty. */
  readonly text: string;
  /** How many sentences at the most, 1 to 20. Default: 3. */
  readonly max_sentences?: number | undefined;
}

const args: Schema<SummarizeArgs> = standardSchema(z.strictObject({
  text: z.string().check(z.minLength(1), z.describe("Text to shorten")),
  max_sentences: z.optional(
    z.int().check(
      z.minimum(1),
      z.maximum(20),
      z.describe(
        `How many sentences at the most; ${DEFAULT_SENTENCES} when left out`,
      ),
    ),
  ),
}));

/**
 * Creates the tool that shortens a text to its most telling sentences, as they
 * stand and in their order. No model is asked, so the result is reproducible.
 *
 * Sentences are chosen by SumBasic (Nenkova and Vanderwende, "The Impact of
 * Frequency on Summarization", 2005): take the sentence whose words are on
 * average the most probable, square the probability of its words, repeat.
 */
export function summarizeTool(): Tool<SummarizeArgs> {
  return {
    name: "summarize",
    description: "Shorten a text to its most telling sentences",
    effects: {},
    args,
    idempotent: true,
    run({ text, max_sentences = DEFAULT_SENTENCES }) {
      const sentences = sentencesOf(text);
      const chosen = sumBasic(sentences.map(contentWords), max_sentences);
      return Promise.resolve({
        summary: chosen.map((index) => sentences[index]).join(" "),
        sentences: chosen.length,
        of: sentences.length,
      });
    },
  };
}

/** Splits prose into sentences; headings and blank lines of Markdown end one. */
function sentencesOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n|^#.*$/m)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .flatMap((paragraph) => sentences(paragraph))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

function contentWords(sentence: string): readonly string[] {
  const words = sentence.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length > 1 && !STOP_WORDS.has(word));
}

/** Returns the indexes of the chosen sentences, in their order. */
function sumBasic(
  sentences: readonly (readonly string[])[],
  count: number,
): readonly number[] {
  const probability = new Map<string, number>();
  const total = sentences.reduce((sum, words) => sum + words.length, 0);
  for (const word of sentences.flat()) {
    probability.set(word, (probability.get(word) ?? 0) + 1 / total);
  }
  const weight = (words: readonly string[]) =>
    words.reduce((sum, word) => sum + (probability.get(word) ?? 0), 0) /
    Math.max(words.length, 1);

  const left = new Set(sentences.keys());
  const chosen: number[] = [];
  while (chosen.length < count && left.size > 0) {
    let best = -1;
    let bestWeight = -1;
    for (const index of left) {
      const here = weight(sentences[index] ?? []);
      if (here > bestWeight) [best, bestWeight] = [index, here];
    }
    left.delete(best);
    chosen.push(best);
    for (const word of new Set(sentences[best])) {
      probability.set(word, (probability.get(word) ?? 0) ** 2);
    }
  }
  return chosen.sort((a, b) => a - b);
}
