import { assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import type { Json } from "../tools/json.ts";
import { standardSchema } from "../tools/schema.ts";
import type { Effects } from "../tools/tool.ts";
import type { Proposal } from "./rule.ts";
import { urlAllowlist } from "./url_allowlist.ts";

const LISTED = [
  "api.example.com",
  "k.example.com",
  "*.docs.example.com",
  "cdn.example.com:8443",
  "http://plain.example.com",
  "http://both.example.com:8080",
  "both.example.com",
  "xn--bcher-kva.example",
  "127.0.0.1:8080",
  "[::1]",
];

function proposal(
  value: Json,
  effects: Effects = { fetches: ["url"] },
): Proposal {
  return {
    name: "get",
    tool: {
      name: "get",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value, canonical: "" },
    repetition: { identical: 1 },
  };
}

function judge(url: Json, listed: readonly string[] = LISTED) {
  return urlAllowlist(listed).opinion(proposal({ url }));
}

const ALLOWED = [
  { url: "https://api.example.com", host: "api.example.com" },
  { url: "https://api.example.com/v1?q=a@b:c//d#e", host: "api.example.com" },
  { url: "HTTPS://API.Example.com/", host: "api.example.com" },
  { url: "https://api.example.com:443/", host: "api.example.com" },
  { url: "https://api.example.com?x", host: "api.example.com" },
  { url: "https://api.example.com/%2e%2e/é", host: "api.example.com" },
  { url: "https://api.example.com/@evil.test", host: "api.example.com" },
  { url: "https://a.docs.example.com/", host: "a.docs.example.com" },
  { url: "https://a.b-c.docs.example.com/", host: "a.b-c.docs.example.com" },
  { url: "https://cdn.example.com:8443/", host: "cdn.example.com" },
  { url: "http://plain.example.com/", host: "plain.example.com" },
  { url: "http://plain.example.com:80/", host: "plain.example.com" },
  { url: "http://both.example.com:8080/", host: "both.example.com" },
  { url: "https://both.example.com/", host: "both.example.com" },
  { url: "https://xn--bcher-kva.example/", host: "xn--bcher-kva.example" },
  { url: "https://127.0.0.1:8080/", host: "127.0.0.1" },
  { url: "https://[::1]/", host: "[::1]" },
];

for (const { url, host } of ALLOWED) {
  Deno.test(`urlAllowlist() allows ${url}`, () => {
    assertEquals(judge(url), {
      effect: "allow",
      metadata: { tool: "get", url, host },
    });
  });
}

const SPACE = "the URL has a space or a control character";
const DENIED = [
  { url: "", host: "", reason: "the URL has no scheme" },
  { url: "//api.example.com/", host: "", reason: "the URL has no scheme" },
  { url: "api.example.com", host: "", reason: "the URL has no scheme" },
  {
    url: "\ufeffhttps://api.example.com/",
    host: "",
    reason: "the URL has no scheme",
  },
  { url: " https://api.example.com/", host: "api.example.com", reason: SPACE },
  {
    url: "https://api.example.com/a b",
    host: "api.example.com",
    reason: SPACE,
  },
  { url: "https://api.exam\nple.com/", host: "api.example.com", reason: SPACE },
  {
    url: "https://api.example.com/\r\nx:",
    host: "api.example.com",
    reason: SPACE,
  },
  { url: "\u0001https://evil.test/", host: "evil.test", reason: SPACE },
  {
    url: "https://api.example.com/\u007f",
    host: "api.example.com",
    reason: SPACE,
  },
  { url: "https://api.example.com/\0", host: "api.example.com", reason: SPACE },
  {
    url: "ftp://api.example.com/",
    host: "api.example.com",
    reason: "the scheme ftp: is not allowed",
  },
  {
    url: "file:///etc/passwd",
    host: "",
    reason: "the scheme file: is not allowed",
  },
  {
    url: "data:text/plain,x",
    host: "",
    reason: "the scheme data: is not allowed",
  },
  {
    url: "javascript:x//api.example.com",
    host: "",
    reason: "the scheme javascript: is not allowed",
  },
  {
    url: "blob:https://api.example.com/x",
    host: "",
    reason: "the scheme blob: is not allowed",
  },
  {
    url: "wss://api.example.com/",
    host: "api.example.com",
    reason: "the scheme wss: is not allowed",
  },
  {
    url: "https://api.example.com\\.evil.test/",
    host: "api.example.com",
    reason: "the URL has a backslash",
  },
  {
    url: "https:\\\\evil.test\\",
    host: "evil.test",
    reason: "the URL has a backslash",
  },
  {
    url: "https:/evil.test/",
    host: "evil.test",
    reason: "the URL has no authority",
  },
  {
    url: "https:api.example.com",
    host: "api.example.com",
    reason: "the URL has no authority",
  },
  {
    url: "https:///api.example.com/",
    host: "api.example.com",
    reason: "the URL has no authority",
  },
  { url: "https://", host: "", reason: "the URL has no authority" },
  {
    url: "https://user:pass@api.example.com/",
    host: "api.example.com",
    reason: "the URL has userinfo",
  },
  {
    url: "https://@api.example.com/",
    host: "api.example.com",
    reason: "the URL has userinfo",
  },
  {
    url: "https://api.example.com:443@evil.test/",
    host: "evil.test",
    reason: "the URL has userinfo",
  },
  {
    url: "https://api.example.com:65536/",
    host: "",
    reason: "the URL cannot be parsed",
  },
  {
    url: "https://api.example.com%40evil.test/",
    host: "",
    reason: "the URL cannot be parsed",
  },
  {
    url: "https://[api.example.com]/",
    host: "",
    reason: "the URL cannot be parsed",
  },
  {
    url: "https://api%2eexample%2ecom/",
    host: "api.example.com",
    reason: 'the host "api.example.com" is not in canonical form',
  },
  {
    url: "https://api.ex\u00adample.com/",
    host: "api.example.com",
    reason: 'the host "api.example.com" is not in canonical form',
  },
  {
    url: "https://\u212a.example.com/",
    host: "k.example.com",
    reason: 'the host "k.example.com" is not in canonical form',
  },
  {
    url: "https://bücher.example/",
    host: "xn--bcher-kva.example",
    reason: 'the host "xn--bcher-kva.example" is not in canonical form',
  },
  {
    url: "https://127.1:8080/",
    host: "127.0.0.1",
    reason: 'the host "127.0.0.1" is not in canonical form',
  },
  {
    url: "https://0x7f000001:8080/",
    host: "127.0.0.1",
    reason: 'the host "127.0.0.1" is not in canonical form',
  },
  {
    url: "https://[0:0:0:0:0:0:0:1]/",
    host: "[::1]",
    reason: 'the host "[::1]" is not in canonical form',
  },
  {
    url: "https://evil.test/https://api.example.com/",
    host: "evil.test",
    reason: 'the host "evil.test" is not listed',
  },
  {
    url: "https://evil.test?@api.example.com/",
    host: "evil.test",
    reason: 'the host "evil.test" is not listed',
  },
  {
    url: "https://example.com/",
    host: "example.com",
    reason: 'the host "example.com" is not listed',
  },
  {
    url: "https://apiXexample.com/",
    host: "apixexample.com",
    reason: 'the host "apixexample.com" is not listed',
  },
  {
    url: "https://x.api.example.com/",
    host: "x.api.example.com",
    reason: 'the host "x.api.example.com" is not listed',
  },
  {
    url: "https://api.example.com.evil.test/",
    host: "api.example.com.evil.test",
    reason: 'the host "api.example.com.evil.test" is not listed',
  },
  {
    url: "https://api.example.com./",
    host: "api.example.com.",
    reason: 'the host "api.example.com." is not listed',
  },
  {
    url: "https://docs.example.com/",
    host: "docs.example.com",
    reason: 'the host "docs.example.com" is not listed',
  },
  {
    url: "https://a.evil.example.com/",
    host: "a.evil.example.com",
    reason: 'the host "a.evil.example.com" is not listed',
  },
  {
    url: "https://xdocs.example.com/",
    host: "xdocs.example.com",
    reason: 'the host "xdocs.example.com" is not listed',
  },
  {
    url: "https://.docs.example.com/",
    host: ".docs.example.com",
    reason: 'the host ".docs.example.com" is not listed',
  },
  {
    url: "https://a..docs.example.com/",
    host: "a..docs.example.com",
    reason: 'the host "a..docs.example.com" is not listed',
  },
  {
    url: "https://*.docs.example.com/",
    host: "*.docs.example.com",
    reason: 'the host "*.docs.example.com" is not listed',
  },
  {
    url: "https://evil.test;.docs.example.com/",
    host: "evil.test;.docs.example.com",
    reason: 'the host "evil.test;.docs.example.com" is not listed',
  },
  {
    url: "https://a.docs.example.com.evil.test/",
    host: "a.docs.example.com.evil.test",
    reason: 'the host "a.docs.example.com.evil.test" is not listed',
  },
  {
    url: "https://8.8.8.8/",
    host: "8.8.8.8",
    reason: "the address 8.8.8.8 is not listed",
  },
  {
    url: "https://2852039166/",
    host: "169.254.169.254",
    reason: "the address 169.254.169.254 is not listed",
  },
  {
    url: "https://[::ffff:127.0.0.1]/",
    host: "[::ffff:7f00:1]",
    reason: "the address [::ffff:7f00:1] is not listed",
  },
  {
    url: "http://api.example.com/",
    host: "api.example.com",
    reason: 'the scheme http: is not listed for "api.example.com"',
  },
  {
    url: "https://plain.example.com/",
    host: "plain.example.com",
    reason: 'the scheme https: is not listed for "plain.example.com"',
  },
  {
    url: "https://api.example.com:8443/",
    host: "api.example.com",
    reason: 'the port 8443 is not listed for "api.example.com"',
  },
  {
    url: "https://api.example.com:80/",
    host: "api.example.com",
    reason: 'the port 80 is not listed for "api.example.com"',
  },
  {
    url: "https://a.docs.example.com:444/",
    host: "a.docs.example.com",
    reason: 'the port 444 is not listed for "a.docs.example.com"',
  },
  {
    url: "https://cdn.example.com/",
    host: "cdn.example.com",
    reason: 'the port of the scheme is not listed for "cdn.example.com"',
  },
  {
    url: "http://both.example.com/",
    host: "both.example.com",
    reason: 'the port of the scheme is not listed for "both.example.com"',
  },
  {
    url: "https://both.example.com:8080/",
    host: "both.example.com",
    reason: 'the port 8080 is not listed for "both.example.com"',
  },
];

for (const { url, host, reason } of DENIED) {
  Deno.test(`urlAllowlist() denies ${JSON.stringify(url)}: ${reason}`, () => {
    assertEquals(judge(url), {
      effect: "deny",
      reason,
      metadata: { tool: "get", url, host },
    });
  });
}

Deno.test("urlAllowlist() has its public id", () => {
  assertEquals(urlAllowlist([]).id, "url_allowlist");
});

Deno.test("urlAllowlist() denies everything when nothing is listed", () => {
  assertEquals(judge("https://api.example.com/", []), {
    effect: "deny",
    reason: 'the host "api.example.com" is not listed',
    metadata: {
      tool: "get",
      url: "https://api.example.com/",
      host: "api.example.com",
    },
  });
});

for (
  const { value, url } of [
    { value: null, url: "object" },
    { value: 5, url: "number" },
    { value: true, url: "boolean" },
    { value: { href: "https://api.example.com/" }, url: "object" },
    { value: [["https://api.example.com/"]], url: "object" },
  ]
) {
  Deno.test(`urlAllowlist() denies ${JSON.stringify(value)}, which is no string`, () => {
    assertEquals(judge(value), {
      effect: "deny",
      reason: "the URL is not a string",
      metadata: { tool: "get", url, host: "" },
    });
  });
}

Deno.test("urlAllowlist() allows a URL of 2048 characters and denies a longer one", () => {
  const longest = `https://api.example.com/${"a".repeat(2024)}`;
  assertEquals(judge(longest)?.effect, "allow");
  assertEquals(judge(`${longest}b`), {
    effect: "deny",
    reason: "the URL is longer than 2048 characters",
    metadata: { tool: "get", url: longest, host: "api.example.com" },
  });
});

Deno.test("urlAllowlist() records no half of a character that it cuts off", () => {
  const url = `https://api.example.com/${"a".repeat(2023)}🔧`;
  assertEquals(judge(url)?.metadata, {
    tool: "get",
    url: `https://api.example.com/${"a".repeat(2023)}\ufffd`,
    host: "api.example.com",
  });
});

Deno.test("urlAllowlist() judges every item of a list", () => {
  const good = "https://api.example.com/";
  assertEquals(judge([good, good])?.effect, "allow");
  assertEquals(judge([good, "https://evil.test/"]), {
    effect: "deny",
    reason: 'the host "evil.test" is not listed',
    metadata: { tool: "get", url: "https://evil.test/", host: "evil.test" },
  });
});

Deno.test("urlAllowlist() judges every argument that is fetched", () => {
  const effects = { fetches: ["from", "to"] };
  const good = "https://api.example.com/";
  const rule = urlAllowlist(LISTED);
  assertEquals(
    rule.opinion(proposal({ from: good, to: good }, effects))?.effect,
    "allow",
  );
  assertEquals(
    rule.opinion(proposal({ from: good, to: "https://evil.test/" }, effects))
      ?.effect,
    "deny",
  );
});

Deno.test("urlAllowlist() records the first URL of a call that it allows", () => {
  const first = "https://api.example.com/1";
  assertEquals(judge([first, "https://cdn.example.com:8443/2"])?.metadata, {
    tool: "get",
    url: first,
    host: "api.example.com",
  });
});

Deno.test("urlAllowlist() says nothing of arguments that are not fetched", () => {
  const rule = urlAllowlist([]);
  const args = { url: "https://evil.test/" };
  assertEquals(rule.opinion(proposal(args, {})), undefined);
  assertEquals(rule.opinion(proposal(args, { reads: ["url"] })), undefined);
  assertEquals(rule.opinion(proposal({}, { fetches: ["url"] })), undefined);
  assertEquals(
    rule.opinion({ ...proposal(args), tool: undefined }),
    undefined,
  );
});

Deno.test("urlAllowlist() judges arguments that do not fit the schema too", () => {
  const { args, ...rest } = proposal({ url: "https://evil.test/", more: 1 });
  const unfit = {
    ...args,
    ok: false,
    reason: "unknown key",
    path: "",
  } as const;
  assertEquals(
    urlAllowlist(LISTED).opinion({ ...rest, args: unfit })?.effect,
    "deny",
  );
});
