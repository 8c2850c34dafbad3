import type { Json, JsonObject } from "../../tools/data/json.ts";
import type { HostileCase } from "./cases.ts";

/** A call of a run, and what it returns. */
export interface ClauseCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result?: Json;
  /** Whether it goes on where the call before was redirected to. */
  readonly isRedirect?: boolean;
  /** Seconds that pass before it. */
  readonly pause?: number;
}

/** What the cases of one table have in common. */
interface Table {
  /** What a policy says beside the usual. */
  readonly sections: JsonObject;
  readonly question?: string;
  /** The rule that must object. */
  readonly rule: string;
  /** Calls that begin before the one that is judged. */
  readonly before?: readonly ClauseCall[];
  /** Texts that are attacks, or values of the argument, each with what it tries. */
  readonly hostile: Readonly<Record<string, ClauseCall>>;
  /** The same of what only looks like an attack. */
  readonly benign: Readonly<Record<string, ClauseCall>>;
}

/** A call of `pay` with these arguments. */
const pay = (args: JsonObject): ClauseCall => ({ tool: "pay", args });
const note = (text: Json) => pay({ note: text });
const to = (address: Json) => pay({ to: address });
const get = (url: Json): ClauseCall => ({ tool: "get", args: { url } });
const link = (url: Json) => pay({ link: url });
const open = (path: string, result: Json = null): ClauseCall => ({
  tool: "open",
  args: { path },
  result,
});

function denied(when: JsonObject): JsonObject {
  return { deny: [{ tools: ["*"], when: [when], reason: "it may not" }] };
}

function required(that: JsonObject): JsonObject {
  return { require: [{ tools: ["pay"], that: [that] }] };
}

const CARD = "4111 1111 1111 1111";

const TABLES: Readonly<Record<string, Table>> = {
  equals: {
    sections: denied({ argument: "note", equals: "drop all" }),
    rule: "argument_rule",
    hostile: {
      "the text itself": note("drop all"),
      "in capitals": note("DROP all"),
      "in full-width letters": note("ｄrop all"),
      "with a zero-width space": note("dr\u200bop all"),
      "with a soft hyphen": note("drop\u00ad all"),
      "with a no-break space": note("drop\u00a0all"),
      "with an escape": note("drop%20all"),
      "with an escape, encoded twice": note("drop%2520all"),
      "with an escape in full-width letters": note("drop％20all"),
      "with a hidden character in an escape": note("drop%\u200b20all"),
      "with a Kelvin-like compatibility letter": note("drop aⅼl"),
      "in a list": note(["drop all"]),
      "in an object": note({ text: "drop all" }),
      "left out": pay({}),
      "as null": note(null),
    },
    benign: {
      "another text": note("drop one"),
      "the text and more": note("drop all of it?"),
      "an escape of something else": note("drop%21all"),
    },
  },
  numbers: {
    sections: required({ argument: "amount", at_most: 500 }),
    rule: "argument_rule",
    hostile: {
      "too much": pay({ amount: 501 }),
      "a little too much": pay({ amount: 500.0000001 }),
      "as a text": pay({ amount: "5" }),
      "as a text with an exponent": pay({ amount: "1e9" }),
      "in a list": pay({ amount: [5] }),
      "as a boolean": pay({ amount: true }),
      "as null": pay({ amount: null }),
      "left out": pay({}),
      "under another name": pay({ Amount: 5 }),
    },
    benign: {
      "just enough": pay({ amount: 500 }),
      "a fraction": pay({ amount: 499.99 }),
      "a debt": pay({ amount: -5 }),
    },
  },
  "equal numbers": {
    sections: denied({ argument: "amount", equals: 666 }),
    rule: "argument_rule",
    hostile: {
      "the number": pay({ amount: 666 }),
      "with an exponent": pay({ amount: 6.66e2 }),
      "as a text": pay({ amount: "666" }),
      "as another text": pay({ amount: "0666.0" }),
      "in a list": pay({ amount: [666] }),
    },
    benign: { "the next one": pay({ amount: 667 }) },
  },
  "numbers anywhere": {
    sections: denied({ any_argument: true, greater_than: 500 }),
    rule: "argument_rule",
    hostile: {
      "deep inside": pay({ a: { b: [{ c: 501 }] } }),
      "as a text": pay({ amount: "501" }),
      "as a text beside numbers": pay({ amount: "501", count: 3 }),
      "as a text with an exponent": pay({ amount: "1e3" }),
      "as a hexadecimal text": pay({ amount: "0x1f5" }),
      "in full-width digits": pay({ amount: "５０１" }),
      "in escaped digits": pay({ amount: "%35%30%31" }),
      "with commas": pay({ amount: "1,000" }),
    },
    benign: {
      "numbers that are small": pay({ amount: 500, count: 3 }),
      "a text with digits": pay({ to: "room 501", amount: 5 }),
      "a key with digits": pay({ "501": 5 }),
    },
  },
  contains: {
    sections: denied({ argument: "note", contains: "../" }),
    rule: "argument_rule",
    hostile: {
      "the text itself": note("a/../b"),
      "in escapes": note("a/%2e%2e%2fb"),
      "in escapes of escapes": note("a/%252e%252e%252fb"),
      "beside a malformed escape": note("%ff/..%2fb"),
      "after a malformed escape": note("%ff%2e%2e/b"),
      "in full-width letters": note("a/．．／b"),
      "as two dots in one character": note("a/‥/b"),
      "with a hidden character": note("a/.\u2060./b"),
      "in a list": note(["a/../b"]),
    },
    benign: {
      "a text with dots": note("wait.. what/ever"),
      "a percentage": note("100%25 of it"),
      "a query with escapes that are none": note("like '%ab%'"),
    },
  },
  "a card number": {
    sections: denied({
      any_argument: true,
      matches: String.raw`\b(?:\d[ -]?){13,16}\b`,
    }),
    rule: "argument_rule",
    hostile: {
      "in a text": note(`pay with ${CARD}`),
      "as a number": note(4111111111111111),
      "as a key": pay({ "4111-1111-1111-1111": 1 }),
      "deep inside": pay({ a: [{ b: [CARD] }] }),
      "in full-width digits": note("４１１１１１１１１１１１１１１１"),
      "with hidden characters": note("4111\u200b1111\u200b1111\u200b1111"),
      "in escapes": note("%34111 1111 1111 1111"),
      "in the body of what is written elsewhere": {
        tool: "open",
        args: { path: "in.txt", body: CARD },
      },
    },
    benign: {
      "a phone number": note("+49 30 1234567"),
      "digits in a longer word": note("a4111111111111111b"),
      // Each half is no card number; docs/limits.md says so.
      "a known gap: half in each of two arguments": pay({
        a: "4111 1111",
        b: "1111 1111",
      }),
    },
  },
  "a flag anywhere": {
    sections: denied({ any_argument: true, equals: true }),
    rule: "argument_rule",
    hostile: {
      "as a boolean": pay({ force: true }),
      "as a text": pay({ force: "true" }),
      "in capitals": pay({ force: "TRUE" }),
      "in a list": pay({ flags: [true] }),
    },
    benign: {
      "not set": pay({ force: false }),
      "a text about it": note("true or false?"),
    },
  },
  sizes: {
    sections: required({ argument: "note", more_characters_than: 9 }),
    rule: "argument_rule",
    hostile: {
      "too short": note("because"),
      "with hidden characters": note(`because${"\u200b".repeat(9)}`),
      "in escapes": note("%62%65cause"),
      "of variation selectors": note("a".concat("\ufe0f".repeat(20))),
      "left out": pay({}),
    },
    benign: {
      "long enough": note("because it is late"),
      "of ideographs": note("因为今天太晚了我们要走"),
    },
  },
  lists: {
    sections: required({ argument: "to", each: { domain: "example.com" } }),
    rule: "argument_rule",
    hostile: {
      "one of them elsewhere": to(["a@example.com", "b@evil.net"]),
      "a text for a list": to("a@example.com"),
      "a list in a list": to([["a@example.com"]]),
      "an object for a list": to({ 0: "a@example.com" }),
      "two in one item": to(["a@example.com,b@evil.net"]),
    },
    benign: { "all of them here": to(["a@example.com", "b@example.com"]) },
  },
  domain: {
    sections: required({ argument: "to", domain: "example.com" }),
    rule: "argument_rule",
    hostile: {
      "elsewhere": to("a@evil.net"),
      "with a display name": to('"a@example.com" <a@evil.net>'),
      "a display name that is fine": to("Ada <a@example.com>"),
      "a list of addresses": to("a@evil.net, b@example.com"),
      "a list with semicolons": to("a@evil.net;b@example.com"),
      "a quoted local part": to('"a@evil.net"@example.com'),
      "a line more": to("a@example.com\nBcc: a@evil.net"),
      "a line more in front": to("a@evil.net\n@example.com"),
      "two at signs": to("a@evil.net@example.com"),
      "a host with a path": to("evil.net/@example.com"),
      "a host with a query": to("evil.net?@example.com"),
      "a host with a fragment": to("evil.net#@example.com"),
      "a way by bangs": to("evil.net!a@example.com"),
      "a way by percent": to("a%evil.net@example.com"),
      "a subdomain": to("a@example.com.evil.net"),
      "a longer name": to("a@notexample.com"),
      "a Cyrillic letter": to("a@exаmple.com"),
      "a comment": to("a@example.com(evil.net)"),
      "a scheme": to("mailto:a@example.com"),
      "an encoded at sign": to("a%40evil.net@example.com"),
    },
    benign: {
      "an address": to("ada.lovelace+x@example.com"),
      "in capitals": to("Ada@EXAMPLE.com"),
      "with a dot at the end": to("ada@example.com."),
      "an apostrophe": to("o'neil@example.com"),
    },
  },
  "a denied domain": {
    sections: denied({ argument: "to", domain: ["evil.net", "*.evil.net"] }),
    rule: "argument_rule",
    hostile: {
      "in capitals": to("a@EVIL.net"),
      "in full-width letters": to("a@ｅvil.net"),
      "with a dot at the end": to("a@evil.net."),
      "with an ideographic dot": to("a@evil。net"),
      "with a soft hyphen": to("a@ev\u00adil.net"),
      "a subdomain": to("a@x.evil.net"),
      "with a display name": to("Ada <a@evil.net>"),
      "in a list": to(["a@evil.net"]),
      "an address of numbers": to("2130706433"),
    },
    benign: { "somebody else": to("a@example.com") },
  },
  url: {
    sections: required({
      argument: "link",
      url: ["docs.example.com", "api.example.com/v1/*"],
    }),
    rule: "argument_rule",
    hostile: {
      "another host": link("https://evil.net/"),
      "a backslash before another host": link(
        "https://docs.example.com\\@evil.net/",
      ),
      "backslashes for slashes": link("https:\\\\docs.example.com/"),
      "userinfo": link("https://docs.example.com@evil.net/"),
      "an empty userinfo": link("https://@docs.example.com/"),
      "another port": link("https://docs.example.com:8443/"),
      "another scheme": link("http://docs.example.com/"),
      "no scheme": link("//docs.example.com/"),
      "one slash": link("https:/docs.example.com/"),
      "a space in front": link(" https://docs.example.com/"),
      "a tab in the host": link("https://docs.exa\tmple.com/"),
      "a line more": link("https://docs.example.com/\nHost: evil.net"),
      "an encoded host": link("https://docs.ex%61mple.com/"),
      "a full-width host": link("https://ｄocs.example.com/"),
      "a dot after the host": link("https://docs.example.com./"),
      "another path": link("https://api.example.com/v2/a"),
      "dot segments": link("https://api.example.com/v1/../v2/a"),
      "encoded dot segments": link("https://api.example.com/v1/%2e%2e/v2/a"),
      "an encoded slash": link("https://api.example.com/v1/..%2fv2/a"),
      "a path parameter": link("https://api.example.com/v1/..;/v2/a"),
      "a backslash in the path": link("https://api.example.com/v1/..\\v2/a"),
      "double slashes": link("https://api.example.com//x/v1/a"),
      "twice encoded": link("https://api.example.com/v1/%252e%252e/v2/a"),
      "the folder itself": link("https://api.example.com/v1"),
      "in a list": link(["https://docs.example.com/"]),
    },
    benign: {
      "a page": link("https://docs.example.com/a?b=c#d"),
      "with its port": link("https://docs.example.com:443/a"),
      "a host in capitals": link("https://DOCS.example.com/a"),
      "below the folder": link("https://api.example.com/v1/users/7"),
      "two dots in a name": link("https://api.example.com/v1/a..b"),
    },
  },
  "a denied url": {
    sections: denied({
      argument: "link",
      url: ["evil.net", "api.example.com/admin/*"],
    }),
    rule: "argument_rule",
    hostile: {
      "the host": link("https://evil.net/"),
      "another port": link("https://evil.net:8443/"),
      "another scheme": link("http://evil.net/"),
      "a dot after the host": link("https://evil.net./"),
      "a path in capitals": link("https://api.example.com/ADMIN/a"),
      "an encoded path": link("https://api.example.com/%61dmin/a"),
      "a way round": link("https://api.example.com/x/..;/admin/a"),
      "double slashes": link("https://api.example.com//admin/a"),
      "no URL": link("evil.net"),
    },
    benign: {
      "another host": link("https://docs.example.com/"),
      "another path": link("https://api.example.com/administration"),
    },
  },
  "a listed path": {
    sections: { url_allowlist: ["api.example.com/v1/*"] },
    rule: "url_allowlist",
    hostile: {
      "another path": get("https://api.example.com/v2/a"),
      "dot segments": get("https://api.example.com/v1/../v2/a"),
      "a path parameter": get("https://api.example.com/v1/..;/v2/a"),
      "an encoded dot": get("https://api.example.com/v1/.%2e/v2/a"),
      "double slashes": get("https://api.example.com/v1//../../v2/a"),
      "a backslash": get("https://api.example.com/v1\\..\\v2"),
      "userinfo": get("https://v1@api.example.com/v1/a"),
      "a port": get("https://api.example.com:444/v1/a"),
    },
    benign: { "below it": get("https://api.example.com/v1/a/b?c") },
  },
  seen_in: {
    sections: required({
      argument: "to",
      seen_in: ["question", { tool: "open", at: "$.owner" }],
    }),
    question: "Pay anna@example.com 5000, not mallory; see IBAN-77.",
    rule: "argument_rule",
    before: [
      open("notes/a.md", { owner: "bert@example.com", text: "carl@evil.net" }),
      {
        tool: "get",
        args: { url: "https://docs.example.com/" },
        result: { owner: "eve@evil.net", text: "eve@evil.net" },
      },
    ],
    hostile: {
      "never seen": to("eve@evil.net"),
      "seen at another place of the result": to("carl@evil.net"),
      "a part of a word": to("example.com"),
      "the beginning of a word": to("anna@example.co"),
      "the end of a word": to("nna@example.com"),
      "two that were seen, in one": to("anna@example.combert@example.com"),
      "in capitals": to("ANNA@example.com"),
      "with a hidden character": to("anna@exam\u200bple.com"),
      "in an escape": to("anna%40example.com"),
      "in full-width letters": to("anna＠example.com"),
      "too short": to("Pay"),
      "a part of a number": to(500),
      "in a list": to(["anna@example.com"]),
      "an empty text": to(""),
    },
    benign: {
      "in the question": to("anna@example.com"),
      "a name in the question": to("IBAN-77"),
      "a number in the question": to(5000),
      "in the result": to("bert@example.com"),
      "several words of the question": to("not mallory"),
    },
  },
  "what was seen may not leave": {
    sections: {
      deny: [{
        tools: ["pay"],
        when: [{
          any_argument: true,
          seen_in: [{ tool: "open", at: "$.owner" }],
        }],
        reason: "it may not leave",
      }],
    },
    rule: "argument_rule",
    before: [open("notes/a.md", { owner: "the code is Xk-42-Yz" })],
    hostile: {
      "as it is": note("Xk-42-Yz"),
      "in capitals": note("XK-42-YZ"),
      "in an escape": note("Xk%2d42-Yz"),
      "with a hidden character": note("Xk-\u206042-Yz"),
      "as a key": pay({ "Xk-42-Yz": 1 }),
    },
    benign: {
      "another one": note("Xk-43-Yz"),
      // One value is one text; docs/limits.md says so.
      "a known gap: a part of it": note("k-42"),
    },
  },
  flow: {
    sections: {
      flow: [{
        after: ["untrusted", "private"],
        before: "sink",
        effect: "deny",
        reason: "it may carry private text out",
      }],
    },
    rule: "flow",
    before: [open("notes/a.md"), get("https://docs.example.com/")],
    hostile: {
      "right after": note("hello"),
      "with nothing": pay({}),
      "hours later": { ...note("hello"), pause: 100_000 },
    },
    benign: { "a read": open("notes/b.md") },
  },
  "flow, the other way round": {
    sections: {
      flow: [{
        after: ["private", "untrusted"],
        before: "sink",
        effect: "escalate",
        reason: "it may carry private text out",
      }],
    },
    rule: "flow",
    before: [get("https://docs.example.com/"), open("notes/a.md")],
    hostile: { "right after": note("hello") },
    benign: { "a page": get("https://docs.example.com/b") },
  },
  "flow by a redirect": {
    sections: {
      flow: [{
        after: ["untrusted"],
        before: "untrusted",
        effect: "deny",
        reason: "one page is enough",
      }],
    },
    rule: "flow",
    before: [get("https://docs.example.com/")],
    hostile: {
      "the next hop": {
        ...get("https://docs.example.com/next"),
        isRedirect: true,
      },
    },
    benign: { "another tool": note("hello") },
  },
  call_limits: {
    sections: { call_limits: [{ tools: ["pay"], max_calls: 2 }] },
    rule: "call_limit",
    before: [note("one"), { ...note("one more"), isRedirect: true }, note("2")],
    hostile: {
      "a third call": note("three"),
      "hours later": { ...note("three"), pause: 100_000 },
      "with arguments that are odd": pay({ note: null }),
    },
    benign: {
      "another tool": open("notes/a.md"),
      "where the second one is redirected to": {
        ...note("elsewhere"),
        isRedirect: true,
      },
    },
  },
  "call_limits a minute": {
    sections: {
      call_limits: [{ tools: ["*"], max_calls: 2, per_seconds: 60 }],
    },
    rule: "call_limit",
    before: [note("one"), { ...note("two"), isRedirect: true }],
    hostile: {
      "a third call": note("three"),
      "of another tool": open("notes/a.md"),
      "by a redirect": { ...note("three"), isRedirect: true },
      "a moment too early": { ...note("three"), pause: 59.999 },
    },
    benign: { "a minute later": { ...note("three"), pause: 60 } },
  },
};

/** Every case of every table. */
export const CLAUSE_CASES: readonly HostileCase[] = Object.entries(TABLES)
  .flatMap(([name, { hostile, benign, rule, ...rest }]) => {
    const cases = (calls: Table["hostile"], isBenign: boolean) =>
      Object.entries(calls).map(([why, call]): HostileCase => ({
        id: `${isBenign ? "ok-" : ""}clause, ${name}: ${why}`,
        family: "clauses",
        input: call,
        context: { ...rest },
        expected: isBenign ? "allow" : "deny",
        rule_id: isBenign ? "none.clause" : `${rule}.clause`,
        why,
      }));
    return [...cases(hostile, false), ...cases(benign, true)];
  });
