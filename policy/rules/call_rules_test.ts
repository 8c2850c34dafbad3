import { assertEquals } from "@std/assert";
import { z } from "../../deps.ts";
import { proposed } from "../../tests/proposal.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { readArguments } from "../arguments.ts";
import { callRules } from "./call_rules.ts";
import { decide } from "../decide.ts";
import { loadPolicy } from "../document/load.ts";
import text from "../v1.yaml" with { type: "text" };

const { document } = loadPolicy(text, "policy/v1.yaml");

const rules = callRules(document);

function inspect(path: string): PathFacts {
  return {
    resolved: "<sandbox>",
    inside: path === "in.txt",
    viaLink: false,
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

/** Decides on a call of a tool that both fetches and reads. */
function ruleFor(
  name: string,
  args: unknown,
  { identical = 1, exists = true } = {},
) {
  const definition: ToolDefinition = {
    name,
    description: "",
    effects: { fetches: ["url"], reads: ["path"] },
    args: standardSchema(z.strictObject({ url: z.string(), path: z.string() })),
  };
  const tool = exists ? definition : undefined;
  const proposal = proposed({
    inspect,
    name,
    tool,
    args: readArguments(JSON.stringify(args), tool, document.arg_schema),
    repetition: { identical },
  });
  return decide(proposal, rules).rule;
}

Deno.test("callRules() asks the rules in their order of precedence", () => {
  assertEquals(rules.map(({ id }) => id), [
    "cycle_detection",
    "tool_registry",
    "tool_pin",
    "url_allowlist",
    "sandbox_path",
    "arg_schema",
    "argument_rule",
    "call_limit",
    "flow",
    "approval",
  ]);
});

const GOOD = { url: "https://fixtures.local/a", path: "in.txt" };
const BAD = { url: "https://evil.test/", path: "/etc/passwd", more: 1 };

const CASES = [
  {
    what: "no rule for a call that is right",
    name: "read",
    args: GOOD,
    options: {},
    want: null,
  },
  {
    what: "cycle_detection before all others",
    name: "shell",
    args: BAD,
    options: { identical: 4 },
    want: "cycle_detection",
  },
  {
    what: "tool_registry before what is wrong with the arguments",
    name: "shell",
    args: BAD,
    options: {},
    want: "tool_registry",
  },
  {
    what: "tool_registry for a tool that does not exist",
    name: "read",
    args: GOOD,
    options: { exists: false },
    want: "tool_registry",
  },
  {
    what: "url_allowlist before sandbox_path",
    name: "read",
    args: BAD,
    options: {},
    want: "url_allowlist",
  },
  {
    what: "sandbox_path before arg_schema",
    name: "read",
    args: { ...BAD, url: GOOD.url },
    options: {},
    want: "sandbox_path",
  },
  {
    what: "arg_schema last",
    name: "read",
    args: { ...GOOD, more: 1 },
    options: {},
    want: "arg_schema",
  },
  {
    what: "sandbox_path for a NUL character in a path",
    name: "read",
    args: { ...GOOD, path: "in.txt\0" },
    options: {},
    want: "sandbox_path",
  },
  {
    what: "url_allowlist for a list in place of a URL",
    name: "read",
    args: { ...GOOD, url: [GOOD.url] },
    options: {},
    want: "url_allowlist",
  },
  {
    what: "sandbox_path for a list in place of a path",
    name: "read",
    args: { ...GOOD, path: [GOOD.path] },
    options: {},
    want: "sandbox_path",
  },
] as const;

for (const { what, name, args, options, want } of CASES) {
  Deno.test(`callRules() names ${what}`, () => {
    assertEquals(ruleFor(name, args, options), want);
  });
}
