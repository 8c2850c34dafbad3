import { assertEquals } from "@std/assert";
import { sentences } from "./sentences.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

function byUnicode(text: string): readonly string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

const PRINTABLE = Array.from(
  { length: 0x7f - 0x20 },
  (_, index) => String.fromCharCode(0x20 + index),
);

/** One sign of each class of UAX #29, those that end a sentence more often. */
const CLASSES = [..." .?aA0,-:;)(\"'/.. !"];

/** Numbers from 0 to below 2^32 that follow from a seed (xorshift). */
function* numbers(seed: number): Generator<number, never> {
  for (;;) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    yield seed >>> 0;
  }
}

Deno.test("sentences() parts any three signs of ASCII as Unicode does", () => {
  for (const first of [..."aA0.?! "]) {
    for (const term of [..."a.?) "]) {
      for (const next of PRINTABLE) {
        for (const last of [..."aA0. ,"]) {
          const text = `${first}${term}${next}${last}`;
          assertEquals(sentences(text), byUnicode(text), JSON.stringify(text));
        }
      }
    }
  }
});

for (
  const [name, signs] of [["classes", CLASSES], ["signs", PRINTABLE]] as const
) {
  Deno.test(`sentences() parts 5,000 texts of ${name} as Unicode does`, () => {
    const random = numbers(88_675_123);
    for (let count = 0; count < 5_000; count++) {
      let text = "";
      const length = random.next().value % 24;
      while (text.length < length) {
        text += signs[random.next().value % signs.length];
      }
      assertEquals(sentences(text), byUnicode(text), JSON.stringify(text));
    }
  });
}

Deno.test("sentences() leaves what is not ASCII to Intl.Segmenter", () => {
  for (const text of ["Eins… Zwei.", "一。二。", "a\u0000b. C", "A.\u2028B"]) {
    assertEquals(sentences(text), byUnicode(text));
  }
});
