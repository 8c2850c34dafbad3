import { assertEquals } from "@std/assert";
import { decodeBase64 } from "./base64.ts";

// RFC 4648, section 10.
for (
  const [text, decoded] of [
    ["", ""],
    ["Zg==", "f"],
    ["Zm8=", "fo"],
    ["Zm9v", "foo"],
    ["Zm9vYg==", "foob"],
    ["Zm9vYmE=", "fooba"],
    ["Zm9vYmFy", "foobar"],
  ] as const
) {
  Deno.test(`decodeBase64() decodes "${text}"`, () => {
    const bytes = decodeBase64(text);
    assertEquals(bytes && new TextDecoder().decode(bytes), decoded);
  });
}

for (
  const { what, text } of [
    { what: "missing padding", text: "Zg" },
    { what: "short padding", text: "Zg=" },
    { what: "padding in the middle", text: "Zg==Zg==" },
    { what: "stray bits", text: "Zh==" },
    { what: "a newline at the end", text: "Zm9v\n" },
    { what: "white space inside", text: "Zm 9v" },
    { what: "the URL-safe alphabet", text: "-_-_" },
    { what: "a character of no alphabet", text: "Zm9*" },
  ]
) {
  Deno.test(`decodeBase64() refuses ${what}`, () => {
    assertEquals(decodeBase64(text), undefined);
  });
}
