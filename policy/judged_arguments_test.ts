import { assertEquals, assertNotEquals } from "@std/assert";
import type { PathFacts } from "../tools/sandbox/sandbox.ts";
import type { Json } from "../tools/data/json.ts";
import { z } from "../deps.ts";
import { standardSchema } from "../tools/schema.ts";
import { toolRegistry } from "../tools/registry.ts";
import { callRules } from "./rules/call_rules.ts";
import { openGate } from "./gate.ts";
import { loadPolicy } from "./document/load.ts";
import text from "./v1.yaml" with { type: "text" };

const value = z.union([z.string(), z.array(z.string())]);
const optional = z.optional(value);

const TOOLS = toolRegistry([{
  name: "work",
  description: "",
  effects: { fetches: ["url"], reads: ["path"], writes: ["to"] },
  args: standardSchema(
    z.strictObject({
      url: optional,
      path: optional,
      to: optional,
      text: optional,
    }),
  ),
}]);

/** `link` leads to `a`; everything else where it is spelled. */
function inspect(path: string): PathFacts {
  const place = path.replace(/^(\.\/|\/root\/)+/, "").replace(/\/+$/, "");
  return {
    resolved: `<sandbox>/${place === "link" ? "a" : place}`,
    inside: true,
    viaLink: place === "link",
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

/** How often the last of the calls was proposed, itself included. */
function repetitions(...calls: readonly Json[]): number {
  const policy = loadPolicy(text, "policy/v1.yaml").document;
  const rules = callRules(policy);
  const gate = openGate({
    nowMs: () => 0,
    policy,
    tools: TOOLS,
    rules,
    inspect,
  });
  const proposals = calls.map((args) =>
    gate.propose({ tool: "work", args_json: JSON.stringify(args) })
  );
  return proposals.at(-1)?.repetition.identical ?? 0;
}

const SAME: readonly (readonly [string, ...Json[]])[] = [
  ["fragments", { url: "https://h.test/a" }, { url: "https://h.test/a#1" }, {
    url: "https://h.test/a#2",
  }],
  [
    "an empty query",
    { url: "https://h.test/a" },
    { url: "https://h.test/a?" },
    {
      url: "https://h.test/a?#x",
    },
  ],
  ["case and port of the host", { url: "https://h.test/" }, {
    url: "https://H.TEST:443",
  }],
  ["dot segments", { url: "https://h.test/a" }, {
    url: "https://h.test/./b/../a",
  }],
  ["escapes of plain letters", { url: "https://h.test/a~b" }, {
    url: "https://h.test/%61%7eb",
  }],
  ["case of escapes", { url: "https://h.test/%2f" }, {
    url: "https://h.test/%2F",
  }],
  ["dots before a path", { path: "a" }, { path: "./a" }, { path: "././a" }],
  ["a slash after a path", { path: "a" }, { path: "a//" }],
  ["an absolute path", { to: "a" }, { to: "/root/a" }],
  ["a link", { path: "a" }, { path: "link" }],
  ["items of a list", { path: ["a", "b"] }, { path: ["./a", "b/"] }],
  ["the order of keys", { path: "a", to: "b" }, { to: "./b", path: "a" }],
];

for (const [name, ...calls] of SAME) {
  Deno.test(`openGate() counts calls that differ in ${name} alone as one`, () => {
    assertEquals(repetitions(...calls), calls.length);
  });
}

const OTHER: readonly (readonly [string, Json, Json])[] = [
  ["another page", { url: "https://h.test/a" }, { url: "https://h.test/b" }],
  ["a query", { url: "https://h.test/a" }, { url: "https://h.test/a?b" }],
  ["an escaped slash", { url: "https://h.test/a/b" }, {
    url: "https://h.test/a%2fb",
  }],
  ["another path", { path: "a" }, { path: "b" }],
  ["another argument", { path: "a" }, { to: "a" }],
  ["a text that only looks like a path", { text: "a" }, { text: "./a" }],
  ["one item of a list", { path: ["a"] }, { path: "a" }],
];

for (const [name, one, other] of OTHER) {
  Deno.test(`openGate() tells calls apart by ${name}`, () => {
    assertEquals(repetitions(one, other), 1);
  });
}

Deno.test("openGate() names a call by its arguments as they are", () => {
  const policy = loadPolicy(text, "policy/v1.yaml").document;
  const rules = callRules(policy);
  const gate = openGate({
    nowMs: () => 0,
    policy,
    tools: TOOLS,
    rules,
    inspect,
  });
  const [one, other] = ["a", "./a"].map((path) =>
    gate.propose({ tool: "work", args_json: JSON.stringify({ path }) })
  );
  assertNotEquals(one?.call_sha256, other?.call_sha256);
});
