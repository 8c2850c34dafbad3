import { assertEquals, assertThrows } from "@std/assert";
import { parseHostEntry } from "./host_entry.ts";

const ENTRIES = [
  { entry: "fixtures.local", want: ["https:", "fixtures.local", false, ""] },
  { entry: "localhost", want: ["https:", "localhost", false, ""] },
  { entry: "a_b.example", want: ["https:", "a_b.example", false, ""] },
  { entry: "*.example.com", want: ["https:", "example.com", true, ""] },
  { entry: "cdn.example:8443", want: ["https:", "cdn.example", false, "8443"] },
  { entry: "*.example:8443", want: ["https:", "example", true, "8443"] },
  {
    entry: "http://plain.example",
    want: ["http:", "plain.example", false, ""],
  },
  { entry: "http://*.example:81", want: ["http:", "example", true, "81"] },
  { entry: "a.example:443", want: ["https:", "a.example", false, ""] },
  { entry: "http://a.example:80", want: ["http:", "a.example", false, ""] },
  { entry: "http://a.example:443", want: ["http:", "a.example", false, "443"] },
  {
    entry: "xn--bcher-kva.example",
    want: ["https:", "xn--bcher-kva.example", false, ""],
  },
  { entry: "127.0.0.1:8080", want: ["https:", "127.0.0.1", false, "8080"] },
  { entry: "[::1]", want: ["https:", "[::1]", false, ""] },
  { entry: "http://[fd00::1]:81", want: ["http:", "[fd00::1]", false, "81"] },
] as const;

for (const { entry, want } of ENTRIES) {
  Deno.test(`parseHostEntry() takes ${entry} apart`, () => {
    const [scheme, host, wildcard, port] = want;
    assertEquals(parseHostEntry(entry), { scheme, host, wildcard, port });
  });
}

const NOT_ENTRIES = [
  "",
  "*",
  "*.",
  "*.*.example.com",
  "a*.example.com",
  "https://example.com",
  "ftp://example.com",
  "http:example.com",
  "example.com/",
  "example.com/path",
  "example.com?x",
  "example.com#x",
  "user@example.com",
  "example.com\\x",
  " example.com",
  "example.com ",
  "example.com\n",
  "example.com.",
  ".example.com",
  "a..example.com",
  "a;b.example.com",
  "a,b.example.com",
  "example.com:",
  "example.com:0",
  "example.com:08443",
  "example.com:65536",
  "example.com:port",
  "*.127.0.0.1",
  "*.[::1]",
  "[::1",
  "[example.com]",
];

for (const entry of NOT_ENTRIES) {
  Deno.test(`parseHostEntry() refuses ${JSON.stringify(entry)}`, () => {
    assertThrows(
      () => parseHostEntry(entry),
      RangeError,
      `"${entry}" is not a host, *.host, host:port or http://host[:port]`,
    );
  });
}

const NOT_CANONICAL = [
  { entry: "API.example.com", write: "api.example.com" },
  { entry: "*.Example.com", write: "example.com" },
  { entry: "bücher.example", write: "xn--bcher-kva.example" },
  { entry: "api%2eexample.com", write: "api.example.com" },
  { entry: "127.1", write: "127.0.0.1" },
  { entry: "0x7f000001", write: "127.0.0.1" },
  { entry: "[0:0:0:0:0:0:0:1]", write: "[::1]" },
];

for (const { entry, write } of NOT_CANONICAL) {
  Deno.test(`parseHostEntry() asks for ${write} instead of ${entry}`, () => {
    assertThrows(
      () => parseHostEntry(entry),
      RangeError,
      `"${entry}" is not in canonical form; write "${write}"`,
    );
  });
}
