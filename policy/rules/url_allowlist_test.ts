import { assertEquals } from "@std/assert";
import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { Effects } from "../../tools/tool.ts";
import type { Address } from "../facts.ts";
import type { Proposal } from "../rule.ts";
import { urlAllowlist } from "./url_allowlist.ts";
import { NO_FACTS, proposed } from "../../tests/proposal.ts";

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
  return proposed({
    name: "get",
    tool: {
      name: "get",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value, canonical: "" },
  });
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
    metadata: { tool: "get", url: longest, host: "" },
  });
});

Deno.test("urlAllowlist() records no half of a character that it cuts off", () => {
  const url = `https://api.example.com/${"a".repeat(2023)}🔧`;
  assertEquals(judge(url)?.metadata, {
    tool: "get",
    url: `https://api.example.com/${"a".repeat(2023)}\ufffd`,
    host: "",
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

Deno.test("urlAllowlist() allows 1000 URLs in one call and denies more", () => {
  const url = "https://api.example.com/";
  assertEquals(judge(Array(1000).fill(url))?.effect, "allow");
  assertEquals(judge([...Array(1000).fill(url), `${url}1001`]), {
    effect: "deny",
    reason: "the call names more than 1000 URLs",
    metadata: { tool: "get", url: `${url}1001`, host: "api.example.com" },
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

/** What a listed name stands for, and what becomes of the call. */
const ADDRESSES: readonly {
  readonly what: string;
  readonly url?: string;
  readonly listed?: readonly string[];
  readonly addresses: readonly Address[] | undefined;
  readonly refused?: { readonly reason: string; readonly address?: string };
}[] = [
  { what: "a host that was not looked up", addresses: undefined },
  {
    what: "a public address",
    addresses: [{ address: "8.8.8.8", range: "unicast" }],
  },
  {
    what: "public addresses of both versions",
    addresses: [
      { address: "8.8.8.8", range: "unicast" },
      { address: "2001:4860:4860::8888", range: "unicast" },
    ],
  },
  {
    what: "no address",
    addresses: [],
    refused: { reason: 'the host "a.test" cannot be looked up' },
  },
  {
    what: "a private address",
    addresses: [{ address: "10.0.0.7", range: "private" }],
    refused: {
      reason:
        'the host "a.test" stands for 10.0.0.7 (private), which is neither public nor listed',
      address: "10.0.0.7",
    },
  },
  {
    what: "a private address behind a public one",
    addresses: [
      { address: "8.8.8.8", range: "unicast" },
      { address: "fd00::1", range: "uniqueLocal" },
    ],
    refused: {
      reason:
        'the host "a.test" stands for fd00::1 (uniqueLocal), which is neither public nor listed',
      address: "fd00::1",
    },
  },
  {
    what: "an address that is none",
    addresses: [{ address: "somewhere", range: "invalid" }],
    refused: {
      reason:
        'the host "a.test" stands for somewhere (invalid), which is neither public nor listed',
      address: "somewhere",
    },
  },
  {
    what: "an address without a text",
    addresses: [{ address: "", range: "invalid" }],
    refused: {
      reason:
        'the host "a.test" stands for  (invalid), which is neither public nor listed',
      address: "",
    },
  },
  {
    what: "its own name for an address",
    addresses: [{ address: "a.test", range: "invalid" }],
    refused: {
      reason:
        'the host "a.test" stands for a.test (invalid), which is neither public nor listed',
      address: "a.test",
    },
  },
  {
    what: "an address with a zone, which no URL can spell",
    addresses: [{ address: "fe80::1%eth0", range: "linkLocal" }],
    refused: {
      reason:
        'the host "a.test" stands for fe80::1%eth0 (linkLocal), which is neither public nor listed',
      address: "fe80::1%eth0",
    },
  },
  {
    what: "a private address that is listed",
    listed: ["a.test", "10.0.0.7"],
    addresses: [{ address: "10.0.0.7", range: "private" }],
  },
  {
    what: "an address of version 6 that is listed",
    listed: ["http://a.test:8080", "http://[::1]:8080"],
    url: "http://a.test:8080/",
    addresses: [{ address: "::1", range: "loopback" }],
  },
  {
    what: "a private address that is listed with the same port",
    listed: ["a.test:8443", "10.0.0.7:8443"],
    url: "https://a.test:8443/",
    addresses: [{ address: "10.0.0.7", range: "private" }],
  },
  {
    what: "a private address that is listed with another port",
    listed: ["a.test", "10.0.0.7:8443"],
    addresses: [{ address: "10.0.0.7", range: "private" }],
    refused: {
      reason:
        'the host "a.test" stands for 10.0.0.7 (private), which is neither public nor listed',
      address: "10.0.0.7",
    },
  },
  {
    what: "a private address that is listed with another scheme",
    listed: ["a.test", "http://10.0.0.7"],
    addresses: [{ address: "10.0.0.7", range: "private" }],
    refused: {
      reason:
        'the host "a.test" stands for 10.0.0.7 (private), which is neither public nor listed',
      address: "10.0.0.7",
    },
  },
  {
    what: "a listed private address and one that is not",
    listed: ["a.test", "10.0.0.7"],
    addresses: [
      { address: "10.0.0.7", range: "private" },
      { address: "10.0.0.8", range: "private" },
    ],
    refused: {
      reason:
        'the host "a.test" stands for 10.0.0.8 (private), which is neither public nor listed',
      address: "10.0.0.8",
    },
  },
];

for (
  const { what, url = "https://a.test/", listed, addresses, refused }
    of ADDRESSES
) {
  Deno.test(`urlAllowlist() ${refused ? "denies" : "allows"} ${what}`, () => {
    const facts = addresses === undefined
      ? NO_FACTS
      : { ...NO_FACTS, addresses: new Map([["a.test", addresses]]) };
    const metadata = { tool: "get", url, host: "a.test" };
    assertEquals(
      urlAllowlist(listed ?? ["a.test"]).opinion({
        ...proposal({ url }),
        facts,
      }),
      refused === undefined ? { effect: "allow", metadata } : {
        effect: "deny",
        reason: refused.reason,
        metadata: refused.address === undefined
          ? metadata
          : { ...metadata, address: refused.address },
      },
    );
  });
}

Deno.test("urlAllowlist() looks at the addresses of the host that is fetched", () => {
  const addresses = new Map([
    ["b.test", [{ address: "127.0.0.1", range: "loopback" }]],
  ]);
  const effects = { fetches: ["from", "to"] };
  const judgeWith = (value: Json) =>
    urlAllowlist(["a.test", "b.test"]).opinion({
      ...proposal(value, effects),
      facts: { ...NO_FACTS, addresses },
    })?.effect;
  assertEquals(judgeWith({ from: "https://a.test/" }), "allow");
  assertEquals(
    judgeWith({ from: "https://a.test/", to: "https://b.test/" }),
    "deny",
  );
});

for (
  const { max_redirects, redirects, want } of [
    { max_redirects: undefined, redirects: 5, want: "allow" },
    { max_redirects: undefined, redirects: 6, want: "deny" },
    { max_redirects: 0, redirects: 0, want: "allow" },
    { max_redirects: 0, redirects: 1, want: "deny" },
    { max_redirects: 2, redirects: 2, want: "allow" },
    { max_redirects: 2, redirects: 3, want: "deny" },
  ]
) {
  const limit = max_redirects ?? 5;
  Deno.test(`urlAllowlist() wants ${want} after ${redirects} redirects where ${max_redirects ?? "the policy does not say how many"} are allowed`, () => {
    const url = "https://api.example.com/";
    const metadata = { tool: "get", url, host: "api.example.com" };
    assertEquals(
      urlAllowlist(LISTED, { max_redirects })
        .opinion({ ...proposal({ url }), redirects }),
      want === "allow" ? { effect: "allow", metadata } : {
        effect: "deny",
        reason:
          `the call was redirected ${redirects} times; ${limit} are allowed`,
        metadata: { ...metadata, redirects, max_redirects: limit },
      },
    );
  });
}

Deno.test("urlAllowlist() names an unlisted host before it counts redirects", () => {
  const opinion = urlAllowlist(LISTED, { max_redirects: 0 })
    .opinion({ ...proposal({ url: "https://evil.test/" }), redirects: 1 });
  assertEquals(opinion, {
    effect: "deny",
    reason: 'the host "evil.test" is not listed',
    metadata: { tool: "get", url: "https://evil.test/", host: "evil.test" },
  });
});

Deno.test("urlAllowlist() ends the redirects of a call that fetches nothing", () => {
  const call = { ...proposal({ url: 1 }, {}), redirects: 6 };
  assertEquals(urlAllowlist([]).opinion(call), {
    effect: "deny",
    reason: "the call was redirected 6 times; 5 are allowed",
    metadata: { tool: "get", redirects: 6, max_redirects: 5 },
  });
});
