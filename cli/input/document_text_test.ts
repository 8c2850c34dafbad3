import { assertEquals } from "@std/assert";
import { documentText } from "./document_text.ts";

const FILES = [
  { what: "UTF-8", bytes: [0x61, 0xc3, 0xa9], want: "aé" },
  { what: "nothing", bytes: [], want: "" },
  {
    what: "UTF-8 with a mark",
    bytes: [0xef, 0xbb, 0xbf, 0x61],
    want: "\ufeffa",
  },
  { what: "UTF-16LE with a mark", bytes: [0xff, 0xfe, 0x61, 0], want: "a" },
  { what: "UTF-16BE with a mark", bytes: [0xfe, 0xff, 0, 0x61], want: "a" },
  { what: "UTF-16 without a mark", bytes: [0x61, 0], want: undefined },
  {
    what: "half of a UTF-16 character",
    bytes: [0xff, 0xfe, 0, 0xd8],
    want: undefined,
  },
  {
    what: "UTF-32",
    bytes: [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0],
    want: undefined,
  },
  { what: "Latin-1", bytes: [0x61, 0xe9], want: undefined },
  { what: "NUL", bytes: [0x61, 0, 0x62], want: undefined },
];

for (const { what, bytes, want } of FILES) {
  Deno.test(`documentText() ${want === undefined ? "refuses" : "reads"} ${what}`, () => {
    assertEquals(documentText(new Uint8Array(bytes)), want);
  });
}
