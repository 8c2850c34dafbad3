import fc from "fast-check";
import { standardSchema } from "../../tools/schema.ts";
import { z } from "../../deps.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { gateOpener, noPaths } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { property } from "./property.ts";

interface Entry {
  readonly entry: string;
  /** The origin that it lets in; of several, one. */
  readonly origin: string;
  /** All of them, when there are several. */
  readonly origins?: RegExp;
}

/** Entries of the list, with what each means spelled out. */
const ENTRIES: readonly Entry[] = [
  { entry: "api.example.com", origin: "https://api.example.com" },
  {
    entry: "*.docs.example.com",
    origin: "https://a.b.docs.example.com",
    origins: /^https:\/\/([a-z0-9_-]+\.)+docs\.example\.com$/,
  },
  { entry: "cdn.example.com:8443", origin: "https://cdn.example.com:8443" },
  { entry: "http://plain.example.com", origin: "http://plain.example.com" },
  {
    entry: "http://both.example.com:8080",
    origin: "http://both.example.com:8080",
  },
  { entry: "both.example.com", origin: "https://both.example.com" },
  { entry: "k.example", origin: "https://k.example" },
  { entry: "xn--bcher-kva.example", origin: "https://xn--bcher-kva.example" },
  { entry: "127.0.0.1", origin: "https://127.0.0.1" },
  { entry: "[::1]:8080", origin: "https://[::1]:8080" },
];

const HOSTS = [
  "api.example.com",
  "a.docs.example.com",
  "a.b.docs.example.com",
  "docs.example.com",
  "cdn.example.com",
  "plain.example.com",
  "both.example.com",
  "k.example",
  "xn--bcher-kva.example",
  "bücher.example",
  "127.0.0.1",
  "2130706433",
  "0x7f.1",
  "0177.0.0.1",
  "127.1",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[0:0:0:0:0:0:0:1]",
  "169.254.169.254",
  "evil.test",
  "example.com",
  "api.example.com.evil.test",
  "xapi.example.com",
  "api-example.com",
];

/** What is put into a URL somewhere. */
const PIECES = [
  "@",
  "user@",
  "evil.test",
  "api.example.com",
  "api.example.com@",
  ":443",
  ":80",
  ":8443",
  ":8080",
  ":0",
  ":99999",
  "\\",
  "/",
  "//",
  "#",
  "?",
  ".",
  "..",
  "%2e",
  "%2f",
  "%40",
  "%5c",
  "%00",
  "\u00ad",
  "\u200b",
  "\u3002",
  "\uff0e",
  "\uff20",
  "\u2100",
  "\u212a",
  "\u0000",
  "\t",
  "\n",
  " ",
  ";",
  ",",
  "*",
  "xn--",
];

const SCHEMES = [
  "https://",
  "http://",
  "https:/",
  "https:",
  "//",
  "ftp://",
  "",
];

/** Spells one character of a text otherwise. */
const RESPELLINGS: readonly ((character: string) => string)[] = [
  (character) => character.toUpperCase(),
  (character) => encodeURIComponent(character),
  (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  (character) =>
    /^[!-~]$/.test(character)
      ? String.fromCharCode(character.charCodeAt(0) + 0xfee0)
      : character,
  (character) => character + character,
  () => "",
];

/** Changes a text at one place, which is given as a part of its length. */
type Change = (text: string) => string;

const place = fc.double({ min: 0, max: 1, noNaN: true });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...PIECES)).map(
    ([at, piece]): Change => (text) => {
      const index = Math.round(at * text.length);
      return text.slice(0, index) + piece + text.slice(index);
    },
  ),
  fc.tuple(place, fc.constantFrom(...RESPELLINGS)).map((
    [at, respell],
  ): Change =>
  (text) => {
    const index = Math.min(Math.floor(at * text.length), text.length - 1);
    return text.slice(0, index) + respell(text.charAt(index)) +
      text.slice(index + 1);
  }),
);

const url = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant("https://") },
        { weight: 1, arbitrary: fc.constantFrom(...SCHEMES) },
      ),
      fc.constantFrom(...HOSTS),
      fc.constantFrom(
        "",
        "",
        "",
        ":443",
        ":8443",
        ":8080",
        ":80",
        ":08443",
        ":",
      ),
      fc.constantFrom("", "/", "/v1?q=@evil.test", "#@evil.test"),
      fc.array(change, { maxLength: 3, size: "-1" }),
    ).map(([scheme, host, port, rest, changes]) =>
      changes.reduce(
        (text, change) => change(text),
        scheme + host + port + rest,
      )
    ),
  },
  { weight: 1, arbitrary: fc.webUrl() },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme" }) },
);

const lists = fc.subarray([...ENTRIES], { minLength: ENTRIES.length - 4 });

const get = {
  name: "get",
  description: "",
  effects: { fetches: ["url"] },
  args: standardSchema(z.strictObject({ url: z.string() })),
};
const tools = toolRegistry([get]);
const base = policyWith({ tool_registry: { allowed: ["get"], denied: [] } });

function isAllowed(url: string, listed: readonly Entry[]): boolean {
  const url_allowlist = listed.map(({ entry }) => entry);
  const gate = gateOpener({
    policy: { ...base.document, url_allowlist },
    tools,
    inspect: noPaths,
  })();
  const args_json = JSON.stringify({ url });
  const { effect } = gate.judge(gate.propose({ tool: "get", args_json }));
  return effect === "allow";
}

function letsIn({ origin, origins }: Entry, url: URL): boolean {
  return origins?.test(url.origin) ?? url.origin === origin;
}

export const URL_PROPERTIES = [
  property(
    "no URL is allowed whose host is not listed",
    fc.property(url, lists, (url, listed) => {
      if (!isAllowed(url, listed)) return true;
      const parsed = new URL(url);
      // Other readers must find the same host in it.
      const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
      return listed.some((entry) => letsIn(entry, parsed)) &&
        parsed.username === "" && parsed.password === "" &&
        authority?.replace(/:\d*$/, "").toLowerCase() === parsed.hostname;
    }),
  ),
  property(
    "a URL in canonical form is allowed when its host is listed",
    fc.property(
      fc.constantFrom(...ENTRIES),
      lists,
      fc.webPath(),
      (entry, listed, path) =>
        isAllowed(`${entry.origin}${path || "/"}`, [...listed, entry]),
    ),
  ),
];
