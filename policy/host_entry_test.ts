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
  { entry: "*.Example.com", write: "*.example.com" },
  { entry: "http://*.Example.com:81", write: "http://*.example.com:81" },
  { entry: "CDN.example:8443", write: "cdn.example:8443" },
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

const MEANT = [
  { entry: "https://example.com", write: "example.com" },
  { entry: "https://example.com/", write: "example.com" },
  { entry: "https://example.com/a/b?c=d#e", write: "example.com" },
  { entry: "HTTPS://Example.COM/", write: "example.com" },
  { entry: "https://example.com:443/", write: "example.com" },
  { entry: "https://example.com:8443/a", write: "example.com:8443" },
  { entry: "https://*.example.com/", write: "*.example.com" },
  { entry: "https://user:word@example.com/", write: "example.com" },
  { entry: "http://example.com/", write: "http://example.com" },
  { entry: "http://Example.com:8080/a", write: "http://example.com:8080" },
  { entry: "http:example.com", write: "http://example.com" },
  { entry: "//example.com", write: "example.com" },
  { entry: "example.com/", write: "example.com" },
  { entry: "example.com/*", write: "example.com" },
  { entry: "example.com:8443/a", write: "example.com:8443" },
  { entry: "example.com?x", write: "example.com" },
  { entry: "example.com.", write: "example.com" },
  { entry: " example.com\n", write: "example.com" },
  { entry: "user@example.com", write: "example.com" },
  { entry: "mailto:user@example.com", write: "example.com" },
  { entry: "https://[::1]:8443/", write: "[::1]:8443" },
  { entry: "https://b\u00fccher.example/", write: "xn--bcher-kva.example" },
  { entry: "*.127.0.0.1", write: "127.0.0.1" },
];

for (const { entry, write } of MEANT) {
  Deno.test(`parseHostEntry() suggests ${write} for ${JSON.stringify(entry)}`, () => {
    const { message } = assertThrows(() => parseHostEntry(entry), RangeError);
    assertEquals(
      message,
      `"${entry}" is not a host, *.host, host:port or http://host[:port]; write "${write}"`,
    );
    parseHostEntry(write);
  });
}

for (
  const { entry, host, below } of [
    { entry: ".example.com", host: "example.com", below: "*.example.com" },
    { entry: "*example.com", host: "example.com", below: "*.example.com" },
    {
      entry: "http://.Example.com:81/",
      host: "http://example.com:81",
      below: "http://*.example.com:81",
    },
  ]
) {
  Deno.test(`parseHostEntry() suggests a host and those below it for ${entry}`, () => {
    const { message } = assertThrows(() => parseHostEntry(entry), RangeError);
    assertEquals(
      message,
      `"${entry}" is not a host, *.host, host:port or http://host[:port]; write "${host}", and "${below}" for the hosts below it`,
    );
  });
}

for (
  const entry of [
    "",
    "*",
    "*.",
    "https://",
    "https://*",
    "ftp://example.com",
    "file:///etc",
    "a b.example",
    "a..example.com",
    "example.com:65536",
    "example.com:port",
  ]
) {
  Deno.test(`parseHostEntry() suggests nothing for ${JSON.stringify(entry)}`, () => {
    const { message } = assertThrows(() => parseHostEntry(entry), RangeError);
    assertEquals(
      message,
      `"${entry}" is not a host, *.host, host:port or http://host[:port]`,
    );
  });
}
