import { assertEquals } from "@std/assert";
import { quoted } from "./quoted.ts";

for (
  const [text, want] of [
    ["plain", '"plain"'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ["\u202eevil\u009b", '"\\u202eevil\\u009b"'],
    ["\ud800", '"\\ud800"'],
    ["x".repeat(161), `"${"x".repeat(160)}…"`],
  ]
) {
  Deno.test(`quoted() writes ${want?.slice(0, 20)}`, () => {
    assertEquals(quoted(text ?? ""), want);
  });
}
