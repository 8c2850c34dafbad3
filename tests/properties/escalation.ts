import fc from "fast-check";
import { z } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { standardSchema } from "../../tools/schema.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { gateOpener, noPaths } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { handsOut, URL_SERVERS } from "../url_servers.ts";
import { property } from "./property.ts";

const ORIGIN = "https://a.example";
const PAGE = "/admin/panel";

/** Conditions that mean the page, each in a policy of its own. */
const CONDITIONS: readonly JsonObject[] = [
  { starts_with: `${ORIGIN}/admin/` },
  { starts_with: `${ORIGIN}/admin` },
  { equals: `${ORIGIN}${PAGE}` },
  { contains: "/admin/pan" },
];

const get = {
  name: "get",
  description: "",
  effects: { fetches: ["url"] },
  args: standardSchema(z.strictObject({ url: z.string() })),
};
const tools = toolRegistry([get]);

const gates = CONDITIONS.map((condition) => {
  const { document } = policyWith({
    tool_registry: { allowed: ["get"], denied: [] },
    url_allowlist: ["a.example"],
    escalate: [{
      tools: ["get"],
      when: [{ argument: "url", ...condition }],
      reason: "the page of those who may do anything",
    }],
  });
  return gateOpener({ policy: document, tools, inspect: noPaths });
});

/** What the gates say of a URL, one condition after the other. */
function effectsOf(url: string): readonly string[] {
  const args_json = JSON.stringify({ url });
  return gates.map((open) => {
    const gate = open();
    return gate.judge(gate.propose({ tool: "get", args_json })).effect;
  });
}

const PARENTS = [
  "..",
  "..;",
  "..;a=b",
  ".%2e",
  "%2e%2e;",
  "%2e%2E%3b",
  "%252e%252e",
  "%25252e.",
  "..%20",
  "..%00",
  "%EF%BC%8E%EF%BC%8E",
  "%E2%80%A5",
  "%c0%ae%c0%ae",
  "%e0%80%ae.",
  "%u002e%u002e",
  "%25u002e.",
];
const SLASHES = [
  "//",
  "/./",
  "/;/",
  ";x/",
  "%2f",
  "%2F",
  "%252f",
  "%25252F",
  "%5c",
  "%255c",
  "%EF%BC%8F",
  "%c0%af",
  "%u002f",
  "%3b/",
  "%20/",
  "./",
];
const FRONTS = ["/", "/b", "//b", "/;a", "%2f", "/%2fb", "/."];
const ENDS = [
  "/",
  "?x",
  "?x=%",
  "#x",
  "%3fx",
  "%23x",
  "%00.png",
  ".",
  "%20",
  ";x",
  "%3bx",
  "/x/..",
  "%2fx%2f..",
];

/** One text four times out of five, so that one disguise is seldom spoilt by another. */
function mostly(
  plain: string,
  ...others: readonly fc.Arbitrary<string>[]
): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(plain) },
    { weight: 1, arbitrary: fc.oneof(...others) },
  );
}

/** Encodes one character a few times over. */
function encoded(character: string, times: number): string {
  if (times === 0) return character;
  const escape = `%${character.charCodeAt(0).toString(16)}`;
  return `%${"25".repeat(times - 1)}${escape.slice(1)}`;
}

/** Mostly as it is written; else some of its characters are encoded, or it is in capitals. */
const word = (text: string) =>
  mostly(
    text,
    fc.tuple(
      fc.array(fc.boolean(), {
        minLength: text.length,
        maxLength: text.length,
      }),
      fc.integer({ min: 1, max: 3 }),
    ).map(([which, times]) =>
      [...text].map((character, index) =>
        encoded(character, which[index] === true ? times : 0)
      ).join("")
    ),
    fc.constant(text.toUpperCase()),
  );

const slash = mostly("/", fc.constantFrom(...SLASHES));

/** A way in and out of a folder. */
const detour = fc.tuple(
  mostly("b", fc.constantFrom("%62", "b;c", "%2562", "c%2fd", "")),
  slash,
  fc.constantFrom(...PARENTS),
).map((parts) => parts.join(""));

/** Paths that look like the page, and that some server maps to it. */
const disguised = fc.tuple(
  mostly("", fc.constantFrom(...FRONTS)),
  fc.array(fc.tuple(slash, detour).map((parts) => parts.join("")), {
    maxLength: 2,
  }),
  slash,
  word("admin"),
  slash,
  word("panel"),
  mostly("", fc.constantFrom(...ENDS)),
).map(([front, detours, first, admin, second, panel, end]) =>
  // A request's path begins with a slash, however the rest is spelled.
  `${front}${detours.join("")}${first}${admin}${second}${panel}${end}`
    .replace(/^(?!\/)/, "/")
);

/** Names of pages that are spelled as they should be. */
const plainName = fc.oneof(
  fc.constantFrom(
    "admin",
    "Admin",
    "administration-guide",
    "admin-panel",
    "admin.html",
    "panel",
    "%61dmin",
    "caf%C3%A9",
    "a%20b",
    "100%25",
    "..b",
    "~admin",
    "admin,x",
    "b@c",
  ),
  fc.stringMatching(/^[a-z0-9_-]{1,8}$/),
);

const plainQuery = fc.constantFrom(
  "",
  "?next=/admin/panel",
  "?next=..%2fadmin%2fpanel",
  "?q=100%25+a%20b",
  "#/admin/panel",
);

export const ESCALATION_PROPERTIES = [
  property(
    "no server hands out a page that the gates did not ask about",
    fc.property(disguised, (path) => {
      const { pathname } = new URL(ORIGIN + path);
      const served = URL_SERVERS.some((server) =>
        handsOut(server, { path: pathname, page: PAGE })
      );
      return !served || !effectsOf(ORIGIN + path).includes("allow");
    }),
  ),
  property(
    "a plain URL is asked about only when it is below the prefix",
    fc.property(
      fc.array(plainName, { minLength: 1, maxLength: 4 }),
      plainQuery,
      (names, query) => {
        const [first = ""] = names.map((name) =>
          decodeURIComponent(name).toLowerCase()
        );
        const [below, prefix] = effectsOf(
          `${ORIGIN}/${names.join("/")}${query}`,
        );
        return below === (first === "admin" ? "escalate" : "allow") &&
          prefix === (first.startsWith("admin") ? "escalate" : "allow");
      },
    ),
  ),
];

/** How often each server hands out the page in disguise, over a sample of paths. */
export function servedInDisguise(
  { seed, cases }: { readonly seed: number; readonly cases: number },
): ReadonlyMap<string, number> {
  const paths = fc.sample(disguised, { seed, numRuns: cases })
    .map((path) => new URL(ORIGIN + path).pathname)
    .filter((path) => path !== PAGE);
  return new Map(
    URL_SERVERS.map((server) => [
      server.name,
      paths.filter((path) => handsOut(server, { path, page: PAGE })).length,
    ]),
  );
}
