import type { ClauseLines } from "../../policy/clause.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { type Gate, openGate } from "../../policy/gate.ts";
import deskText from "../../examples/support_desk/policy.yaml" with {
  type: "text",
};
import type { JsonObject } from "../../tools/data/json.ts";
import type { Effects, ToolDefinition } from "../../tools/tool.ts";
import { policyWith } from "../hostile/policy.ts";
import { recordedTool } from "../hostile/recorded_tool.ts";

function tool(
  name: string,
  effects: Effects = {},
): readonly [string, ToolDefinition] {
  return [name, { ...recordedTool(name), effects }];
}

const TOOLS = new Map([
  tool("read", { reads: ["path"] }),
  tool("write", { writes: ["path"] }),
  tool("fetch", { fetches: ["url"] }),
  tool("sql.query"),
  tool("mail.send"),
  tool("delete"),
]);

/** How the gate of a fresh run is opened under a policy. */
export type OpenGate = () => Gate;

function gates(policy: PolicyDocument, lines: ClauseLines): OpenGate {
  const rules = callRules(policy, lines);
  return () =>
    openGate({
      policy,
      tools: TOOLS,
      rules,
      inspect: (path) => ({
        resolved: `<sandbox>/${path}`,
        inside: true,
        viaLink: false,
        dotdotAfterLink: false,
        special: false,
        hardLinked: false,
      }),
      nowMs: () => 0,
    });
}

const DESK = loadPolicy(deskText, "examples/support_desk/policy.yaml");

/** The gate of the support desk. */
export const deskGate: OpenGate = gates(DESK.document, DESK.lines);

/** Calls of a support desk that are all allowed, and none like another. */
export function deskCall(index: number): {
  readonly tool: string;
  readonly args_json: string;
} {
  const calls: readonly (readonly [string, JsonObject])[] = [
    ["read", { path: `tickets/${index}` }],
    ["fetch", { url: `https://api.example.com/v1/orders/${index}` }],
    ["sql.query", { query: `select * from orders where id = ${index}` }],
  ];
  const [tool, args] = calls[index % calls.length] ?? ["read", {}];
  return { tool, args_json: JSON.stringify(args) };
}

/** Conditions without a pattern, of every kind, on one argument and on any. */
function clause(index: number): JsonObject {
  const text = `secret-${index}`;
  const conditions: readonly JsonObject[] = [
    { any_argument: true, contains: text },
    { any_argument: true, equals: text },
    { argument: "path", starts_with: text },
    { any_argument: true, one_of: [text, `${text}x`] },
    { argument: "$.path[*]", ends_with: text },
    { any_argument: true, greater_than: 9_000_000_000_000_000 },
    { argument: "query", equals: text },
    { argument: "text", longer_than: 10_000_000 },
  ];
  return {
    tools: ["*"],
    when: [
      conditions[index % conditions.length] ?? {},
      { argument: "absent", present: true },
    ],
    reason: "because",
  };
}

/** A gate with so many clauses, none of which has a pattern. */
export function plainClauses(count: number): OpenGate {
  const deny = Array.from({ length: count }, (_, index) => clause(index));
  return gates(
    policyWith({
      tool_registry: { allowed: [...TOOLS.keys()], denied: [] },
      deny,
    }).document,
    new Map(),
  );
}

/** A gate with so many patterns, each in a clause of its own. */
export function patterns(count: number): OpenGate {
  const deny = Array.from({ length: count }, (_, index) => ({
    tools: ["*"],
    when: [{
      any_argument: true,
      matches: String.raw`(?i)\bcard${index}[ -]?(?:\d[ -]?){13,16}\b`,
    }],
    reason: "because",
  }));
  return gates(
    policyWith({
      tool_registry: { allowed: [...TOOLS.keys()], denied: [] },
      deny,
    }).document,
    new Map(),
  );
}
