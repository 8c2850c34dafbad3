import { assertEquals } from "@std/assert";
import { isAddress, MAX_URL_LENGTH, parseUrl } from "./url_text.ts";

for (
  const { text, href } of [
    { text: "https://a.test", href: "https://a.test/" },
    { text: "HTTPS://A.TEST:443/%7ex", href: "https://a.test/%7ex" },
    { text: "https://a.test/a/../b", href: "https://a.test/b" },
    { text: "https://a.test\\x", href: "https://a.test/x" },
    { text: "http://0x7f.1/", href: "http://127.0.0.1/" },
    { text: "http://[0:0::1]/", href: "http://[::1]/" },
    { text: "https://\u212a.test/", href: "https://k.test/" },
    { text: " https://a.test/\n", href: "https://a.test/" },
    { text: "/x", href: undefined },
    { text: "a.test", href: undefined },
    { text: "https://", href: undefined },
    { text: "https://[", href: undefined },
    { text: "https://a.test:99999/", href: undefined },
    { text: "", href: undefined },
  ]
) {
  Deno.test(`parseUrl() makes ${href} of ${JSON.stringify(text)}`, () => {
    assertEquals(parseUrl(text)?.href, href);
  });
}

Deno.test("parseUrl() parses 2048 characters and no more", () => {
  assertEquals(MAX_URL_LENGTH, 2048);
  const longest = `https://a.test/${"a".repeat(2033)}`;
  assertEquals(parseUrl(longest)?.href, longest);
  assertEquals(parseUrl(`${longest}a`), undefined);
});

for (
  const { url, want } of [
    { url: "https://127.0.0.1/", want: true },
    { url: "https://2130706433/", want: true },
    { url: "https://0x7f.1/", want: true },
    { url: "https://[::1]/", want: true },
    { url: "https://[::ffff:127.0.0.1]:8080/", want: true },
    { url: "https://localhost/", want: false },
    { url: "https://1.2.3.4.test/", want: false },
    { url: "https://127.0.0.1.a.test/", want: false },
    { url: "https://a-1.test/", want: false },
  ]
) {
  Deno.test(`isAddress() says ${want} for the host of ${url}`, () => {
    assertEquals(isAddress(new URL(url).hostname), want);
  });
}
