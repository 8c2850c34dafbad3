import { assertEquals } from "@std/assert";
import { decodedText } from "./decoded_text.ts";

const UTF_8 = new TextEncoder();

/** Bytes as they are spelled: `\\xHH`, anything else as UTF-8. */
function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return new Uint8Array(
    parts.flatMap((part) =>
      typeof part === "string" ? [...UTF_8.encode(part)] : part
    ),
  );
}

const HTML = "text/html";
/** `é` in windows-1252 and its kin. */
const E_ACUTE = [0xe9];
/** `日本` in three encodings. */
const SHIFT_JIS = [0x93, 0xfa, 0x96, 0x7b];
const EUC_JP = [0xc6, 0xfc, 0xcb, 0xdc];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00];

for (
  const { what, type = null, body, want } of [
    {
      what: "UTF-8 that says nothing",
      body: bytes("naïve"),
      want: "utf-8 naïve",
    },
    {
      what: "what the header says",
      type: "text/plain; charset=ISO-8859-1",
      body: bytes(E_ACUTE),
      want: "windows-1252 é",
    },
    {
      what: "a header with quotes and other parameters",
      type: 'text/plain; x=1; CharSet = "euc-jp"',
      body: bytes(EUC_JP),
      want: "euc-jp 日本",
    },
    {
      what: "what the page says",
      type: HTML,
      body: bytes('<head><meta charset="shift_jis"></head>', SHIFT_JIS),
      want: 'shift_jis <head><meta charset="shift_jis"></head>日本',
    },
    {
      what: "a page without quotes",
      type: HTML,
      body: bytes("<META name=x CHARSET=Shift_JIS />", SHIFT_JIS),
      want: "shift_jis <META name=x CHARSET=Shift_JIS />日本",
    },
    {
      what: "the older form",
      type: HTML,
      body: bytes(
        '<meta content="text/html; charset=koi8-r" http-equiv="Content-Type">',
        [0xc4, 0xc1],
      ),
      want:
        'koi8-r <meta content="text/html; charset=koi8-r" http-equiv="Content-Type">да',
    },
    {
      what: "an XML declaration",
      type: "application/xhtml+xml",
      body: bytes('<?xml version="1.0" encoding="windows-1251"?>', [0xe4]),
      want: 'windows-1251 <?xml version="1.0" encoding="windows-1251"?>д',
    },
    {
      what: "the header when the page says something else",
      type: `${HTML}; charset=euc-jp`,
      body: bytes("<meta charset=shift_jis>", EUC_JP),
      want: "euc-jp <meta charset=shift_jis>日本",
    },
    {
      what: "the page when the header cannot be",
      type: `${HTML}; charset=utf-8`,
      body: bytes("<meta charset=windows-1252>", E_ACUTE),
      want: "windows-1252 <meta charset=windows-1252>é",
    },
    {
      what: "UTF-8 when the page cannot be",
      type: HTML,
      body: bytes("<meta charset=shift_jis>", "é\u{a0}"),
      want: "utf-8 <meta charset=shift_jis>é\u{a0}",
    },
    {
      what: "an unknown header",
      type: "text/plain; charset=klingon",
      body: bytes("é"),
      want: "utf-8 é",
    },
    {
      what: "an encoding that is no longer supported",
      type: "text/plain; charset=iso-2022-kr",
      body: bytes("é"),
      want: "utf-8 é",
    },
    {
      what: "a page that says UTF-16 in ASCII",
      type: HTML,
      body: bytes("<meta charset=utf-16>é"),
      want: "utf-8 <meta charset=utf-16>é",
    },
    {
      what: "a declaration in a comment",
      type: HTML,
      body: bytes("<!-- <meta charset=shift_jis> -->", E_ACUTE),
      want: "windows-1252 <!-- <meta charset=shift_jis> -->é",
    },
    {
      what: "a declaration beyond the first kilobyte",
      type: HTML,
      body: bytes(" ".repeat(1024), "<meta charset=euc-jp>", E_ACUTE, " "),
      want: `windows-1252 ${" ".repeat(1024)}<meta charset=euc-jp>é `,
    },
    {
      what: "what looks like one in a text",
      type: "text/plain",
      body: bytes("<meta charset=shift_jis>", E_ACUTE),
      want: "windows-1252 <meta charset=shift_jis>é",
    },
    {
      what: "a byte order mark against the header",
      type: "text/plain; charset=windows-1252",
      body: bytes([0xef, 0xbb, 0xbf], "é"),
      want: "utf-8 é",
    },
    {
      what: "UTF-16 by its mark",
      body: bytes([0xff, 0xfe, 0xe9, 0, 0x0a, 0]),
      want: "utf-16le é\n",
    },
    {
      what: "UTF-16 by its mark, the other way",
      body: bytes([0xfe, 0xff, 0, 0xe9]),
      want: "utf-16be é",
    },
    {
      what: "UTF-16 by its header",
      type: "text/plain; charset=utf-16le",
      body: bytes([0xe9, 0]),
      want: "utf-16le é",
    },
    {
      what: "a text that says nothing and is not UTF-8",
      type: "text/csv",
      body: bytes("caf", E_ACUTE, " 10 ", [0x80]),
      want: "windows-1252 café 10 €",
    },
    { what: "no type at all", body: bytes(E_ACUTE), want: "windows-1252 é" },
    { what: "an image", type: "image/png", body: bytes(PNG) },
    {
      what: "an image that is called a text",
      type: "text/plain",
      body: bytes(PNG),
    },
    { what: "an image that is called a page", type: HTML, body: bytes(PNG) },
    { what: "an image that says nothing", body: bytes(PNG) },
    {
      what: "an image with a charset",
      type: "image/png; charset=utf-8",
      body: bytes(PNG),
    },
    {
      what: "JSON that is not UTF-8",
      type: "application/json",
      body: bytes(E_ACUTE),
    },
    {
      what: "octets",
      type: "application/octet-stream",
      body: bytes([0xff, 0xd8]),
    },
    { what: "NUL in what is UTF-8", type: "text/plain", body: bytes("a\0b") },
    { what: "half of UTF-16", type: "x/y", body: bytes([0xff, 0xfe, 0x00]) },
  ]
) {
  Deno.test(`decodedText() takes ${what} for ${want === undefined ? "no text" : "what it is"}`, () => {
    const decoded = decodedText(body, { contentType: type });
    assertEquals(decoded && `${decoded.charset} ${decoded.text}`, want);
  });
}
