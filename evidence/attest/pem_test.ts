import { assertEquals } from "@std/assert";
import { pemText, readPem } from "./pem.ts";

const BYTES = Uint8Array.from({ length: 60 }, (_, index) => index);

const BLOCK = `-----BEGIN PUBLIC KEY-----
AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v
MDEyMzQ1Njc4OTo7
-----END PUBLIC KEY-----
`;

Deno.test("pemText() writes lines of 64 characters and a final newline", () => {
  assertEquals(pemText("PUBLIC KEY", BYTES), BLOCK);
});

for (
  const { what, text } of [
    { what: "a block", text: BLOCK },
    { what: "a block without a final newline", text: BLOCK.trimEnd() },
    { what: "lines that end with CRLF", text: BLOCK.replaceAll("\n", "\r\n") },
  ]
) {
  Deno.test(`readPem() reads ${what}`, () => {
    assertEquals(readPem("PUBLIC KEY", text), BYTES);
  });
}

for (
  const { what, text } of [
    { what: "an empty text", text: "" },
    {
      what: "another label",
      text: BLOCK.replaceAll("PUBLIC KEY", "PRIVATE KEY"),
    },
    {
      what: "another label at its beginning",
      text: BLOCK.replace("BEGIN PUBLIC KEY", "BEGIN PRIVATE KEY"),
    },
    {
      what: "another label at its end",
      text: BLOCK.replace("END PUBLIC KEY", "END PRIVATE KEY"),
    },
    { what: "text before the block", text: `key\n${BLOCK}` },
    { what: "text after the block", text: `${BLOCK}key\n` },
    { what: "two blocks", text: `${BLOCK}${BLOCK}` },
    { what: "a block that is cut off", text: BLOCK.slice(0, 80) },
    {
      what: "a header",
      text: BLOCK.replace("\nAAE", "\nProc-Type: 4,ENCRYPTED\n\nAAE"),
    },
    { what: "base64 that is damaged", text: BLOCK.replace("MDEy", "MDE") },
  ]
) {
  Deno.test(`readPem() refuses ${what}`, () => {
    assertEquals(readPem("PUBLIC KEY", text), undefined);
  });
}
