import { assertEquals } from "@std/assert";
import { oneLine } from "./one_line.ts";

for (
  const { name, text, want } of [
    { name: "nothing", text: "", want: "" },
    {
      name: "text of any script",
      text: "Grüße, 你好 😀",
      want: "Grüße, 你好 😀",
    },
    {
      name: "line ends",
      text: "a\nb\r\nc\u2028d\u2029e\u0085f",
      want: "a b c d e f",
    },
    { name: "escapes", text: "\u001b[31mred\u009b2J", want: "[31mred 2J" },
    {
      name: "other directions",
      text: "a\u202eb\u2066c\u200fd",
      want: "a b c d",
    },
    {
      name: "what is not seen",
      text: "a\u200bb\ufeffc\u00add\0e",
      want: "a b c d e",
    },
    { name: "half a character", text: "a\ud83d", want: "a" },
    { name: "space around", text: "\t a  b \n", want: "a b" },
  ]
) {
  Deno.test(`oneLine() of ${name}`, () => {
    assertEquals(oneLine(text), want);
  });
}

Deno.test("oneLine() cuts what is long, and no character in two", () => {
  assertEquals(oneLine("x".repeat(120)), "x".repeat(120));
  assertEquals(oneLine("x".repeat(121)), `${"x".repeat(120)}…`);
  assertEquals(oneLine("ab😀c", 3), "ab…");
  assertEquals(oneLine(`a${" ".repeat(100)}b`, 3), "a…");
});

Deno.test("oneLine() takes no longer for a text of a hundred megabytes", () => {
  const long = "\u202e ".repeat(50_000_000);
  assertEquals(oneLine(long), "…");
});
