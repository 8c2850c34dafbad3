import { assertEquals } from "@std/assert";
import { fittingText } from "./fitting_text.ts";

for (
  const { text, length, want } of [
    { text: "abc", length: 5, want: "abc" },
    { text: "abc", length: 4, want: "ab" },
    { text: "a\nb", length: 5, want: "a\n" },
    { text: "a\u0001b", length: 8, want: "a" },
    { text: "a\u0001b", length: 9, want: "a\u0001" },
    { text: "a😀", length: 5, want: "a😀" },
    { text: "a😀", length: 4, want: "a" },
    { text: "abc", length: 2, want: "" },
    { text: "abc", length: 0, want: "" },
  ]
) {
  Deno.test(`fittingText() of ${JSON.stringify(text)} in ${length} characters of JSON`, () => {
    assertEquals(fittingText(text, length), want);
  });
}
