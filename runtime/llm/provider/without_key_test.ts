import { assertEquals } from "@std/assert";
import { withoutKey } from "./without_key.ts";

const KEY = "sk-a/B+9.";

/** Every character as an escape, the backslash so many times. */
function escaped(backslashes: number, upper = false): string {
  return [...KEY].map((each) => {
    const digits = each.charCodeAt(0).toString(16).padStart(4, "0");
    const spelled = upper ? digits.toUpperCase() : digits;
    return `${"\\".repeat(backslashes)}u${spelled}`;
  }).join("");
}

for (
  const { what, spelled } of [
    { what: "as it is", spelled: KEY },
    { what: "with an escaped slash", spelled: "sk-a\\/B+9." },
    { what: "with one letter escaped", spelled: "s\\u006b-a/B+9." },
    { what: "escaped", spelled: escaped(1) },
    { what: "escaped in capitals", spelled: escaped(1, true) },
    { what: "escaped in quoted JSON", spelled: escaped(2) },
    { what: "escaped in JSON quoted twice", spelled: escaped(4) },
  ]
) {
  Deno.test(`withoutKey() takes out a key ${what}`, () => {
    assertEquals(
      withoutKey(`<${spelled}> <${spelled}>`, KEY),
      "<[key]> <[key]>",
    );
  });
}

Deno.test("withoutKey() leaves text that is not the key", () => {
  const text = "sk-a/B+9! \\n\\u0073 sk-aaB+9.";
  assertEquals(withoutKey(text, KEY), text);
  assertEquals(withoutKey(KEY, undefined), KEY);
  assertEquals(withoutKey(KEY, ""), KEY);
});

for (const backslashes of [0, 2, 4, 8, 10, 100]) {
  Deno.test(`withoutKey() leaves JSON after ${backslashes} backslashes`, () => {
    const before = "\\".repeat(backslashes);
    const args_json = `{"a":"${before}${
      escaped(1)
    }","b":"${before}sk-a\\/B+9."}`;
    const text = withoutKey(JSON.stringify({ args_json }), KEY);
    assertEquals(JSON.parse(JSON.parse(text).args_json), {
      a: "[key]",
      b: `${"\\".repeat(backslashes / 2)}[key]`,
    });
  });
}

Deno.test("withoutKey() passes over backslashes without end", () => {
  const text = "\\".repeat(1_000_000);
  assertEquals(withoutKey(text, KEY), text);
});
