import { assert, assertEquals, assertThrows } from "@std/assert";
import { compilePattern } from "./pattern.ts";

function found(pattern: string, text: string): readonly string[] {
  return [...compilePattern(pattern).matches(text)]
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => text.slice(start, end));
}

for (
  const { pattern, text, want } of [
    { pattern: "sk-[0-9]+", text: "sk-1 and sk-22", want: ["sk-1", "sk-22"] },
    { pattern: "a|ab", text: "ab", want: ["a"] },
    { pattern: "ab|a", text: "ab", want: ["ab"] },
    { pattern: "<.*>", text: "<a><b>", want: ["<a><b>"] },
    { pattern: "<.*?>", text: "<a><b>", want: ["<a>", "<b>"] },
    { pattern: "a[^z]*z|a", text: "aab", want: ["a", "a"] },
    { pattern: "a[^z]*z|a|b", text: "abzab", want: ["abz", "a", "b"] },
    { pattern: "aab|ab|a", text: "aaab", want: ["a", "aab"] },
    { pattern: "a$|ab", text: "aba", want: ["ab", "a"] },
    { pattern: "^.", text: "a\nb", want: ["a"] },
    { pattern: "(?m)^.", text: "a\nb", want: ["a", "b"] },
    { pattern: "(?i)K", text: "k\u212a", want: ["k", "\u212a"] },
    { pattern: "\\w", text: "é_a", want: ["_", "a"] },
    { pattern: "\\bb", text: "éb b ab", want: ["b", "b"] },
    { pattern: "\\s", text: "\u00a0 ", want: [" "] },
    { pattern: "\\pL", text: "1éa", want: ["é", "a"] },
    { pattern: "\\x{e9}", text: "aé", want: ["é"] },
    { pattern: ".", text: "😀\n\ud83d", want: ["😀", "\ud83d"] },
    { pattern: "\\x{1f600}", text: "😀", want: ["😀"] },
    { pattern: "[^a]", text: "\ude00a\ud83d", want: ["\ude00", "\ud83d"] },
    { pattern: "b", text: "", want: [] },
    { pattern: "a|\\b", text: "b a", want: ["a"] },
  ]
) {
  Deno.test(`compilePattern() finds ${JSON.stringify(pattern)} in ${JSON.stringify(text)}`, () => {
    assertEquals(found(pattern, text), want);
  });
}

for (
  const [pattern, want] of [
    ["a", false],
    ["a+?", false],
    ["^a$", false],
    ["\\ba\\b|\\n", false],
    ["(?m)$\\n", false],
    ["", true],
    ["a|", true],
    ["(a*)*", true],
    ["a|\\B", true],
    ["(?m)a|^", true],
    ["\\z", true],
  ] as const
) {
  Deno.test(`compilePattern() knows that /${pattern}/ ${want ? "can" : "cannot"} match nothing`, () => {
    assertEquals(compilePattern(pattern).matchesEmpty, want);
  });
}

for (
  const pattern of ["(?=a)", "(?!a)", "(?<=a)b", "(a)\\1", "\\u0061", "a{1001}"]
) {
  Deno.test(`compilePattern() refuses /${pattern}/`, () => {
    assertThrows(() => compilePattern(pattern), Error, "error parsing regexp");
  });
}

for (const pattern of ["(a+)+$", "(a|aa)+$", "(.*)*b$"]) {
  for (const end of ["", "b", "!"]) {
    Deno.test(`compilePattern() looks for /${pattern}/ in a long text that ends with "${end}"`, () => {
      const text = "a".repeat(100_000) + end;
      const [first] = compilePattern(pattern).matches(text);
      assert(first === undefined || first.start === 0);
    });
  }
}

Deno.test("compilePattern() says how many instructions a pattern has", () => {
  const sizes = ["a", "sk-[A-Za-z0-9]{8,}", ".{500}"]
    .map((pattern) => compilePattern(pattern).size);
  assertEquals(sizes, [3, 14, 502]);
});
