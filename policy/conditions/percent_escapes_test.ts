import { assertEquals } from "@std/assert";
import { unescaped } from "./percent_escapes.ts";

for (
  const { text, want } of [
    { text: "", want: "" },
    { text: "plain", want: "plain" },
    { text: "%2e%2E/", want: "../" },
    { text: "%252e", want: "%2e" },
    { text: "%00%7f", want: "\u0000\u007f" },
    { text: "%c3%a9%C3%A9", want: "éé" },
    { text: "%c3%a9 %e2%82%ac+%f0%9f%98%80", want: "é €+😀" },
    { text: "%ef%bb%bfa", want: "\ufeffa" },
    // What is no escape stays, and hides none.
    { text: "%", want: "%" },
    { text: "%2", want: "%2" },
    { text: "%zz%41", want: "%zzA" },
    { text: "%%41", want: "%A" },
    { text: "100 % é %41", want: "100 % é A" },
    // Bytes that are no UTF-8.
    { text: "%ff%41", want: "\ufffdA" },
    { text: "%c3%41%a9", want: "\ufffdA\ufffd" },
    { text: "%e2%82 %ac", want: "\ufffd \ufffd" },
    { text: "%c0%af", want: "\ufffd\ufffd" },
    { text: "\ud800%41", want: "\ud800A" },
  ]
) {
  Deno.test(`unescaped() reads ${JSON.stringify(text)}`, () => {
    assertEquals(unescaped(text), want);
  });
}
