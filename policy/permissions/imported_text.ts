import type { Json } from "../../tools/data/json.ts";
import { jsonText } from "../../tools/data/untrusted_text.ts";
import { PROFILE_NAMES, profileFor } from "../profiles/profile.ts";
import {
  partOfProfile,
  type ServerPart,
  withoutTools,
} from "../profiles/server_part.ts";
import { isNamed } from "../tool_pattern.ts";
import type { Clause, Clauses } from "./imported_clauses.ts";
import { toolOf } from "./imported_tools.ts";
import type { ClaudeTool } from "./known_tools.ts";

/** What is known of the servers whose tools are allowed. */
export function serverParts(
  allowed: readonly string[],
  denied: readonly string[],
): readonly ServerPart[] {
  const servers = new Set(
    allowed.filter((name) => name.includes("."))
      .map((name) => name.split(".")[0] ?? ""),
  );
  return [...servers].filter((name) => PROFILE_NAMES.includes(name))
    .map((name) => {
      const part = partOfProfile(profileFor(name));
      const others = part.allowed.filter((tool) =>
        !isNamed(tool, allowed) || isNamed(tool, denied)
      );
      return withoutTools(part, new Map(others.map((tool) => [tool, ""])));
    });
}

/** Writes the policy. */
export function policyText(
  { notes, allowed, denied, hosts, asks, clauses, servers }: {
    readonly notes: readonly string[];
    readonly allowed: readonly string[];
    readonly denied: readonly string[];
    readonly hosts: readonly string[];
    readonly asks: boolean;
    readonly clauses: Clauses;
    readonly servers: readonly ServerPart[];
  },
): string {
  const section = (name: "deny" | "require" | "escalate") => {
    const entries = [
      ...clauses[name].map(clauseText),
      ...servers.flatMap(({ sections }) => sections.get(name) ?? []),
    ];
    return entries.length === 0 ? [] : [`${name}:\n${entries.join("\n")}`];
  };
  const described = [
    ...allowed.flatMap((name) => {
      const tool = toolOf(name);
      return tool === undefined ? [] : [describing(name, tool)];
    }),
    ...servers.flatMap(({ sections }) => sections.get("tools") ?? []),
  ];
  return [
    HEAD,
    `# What it does not say, or says of more calls:\n${
      notes.map((each) => `#   ${each}`).join("\n")
    }`,
    "version: 1\non_deny: continue",
    `tool_registry:\n  allowed:${listed(allowed)}\n  denied:${listed(denied)}`,
    ...described.length === 0 ? [] : [`tools:\n${described.join("\n")}`],
    `url_allowlist: ${jsonText(hosts)}\nunlisted_hosts: ${
      asks ? "escalate" : "deny"
    }`,
    ...section("deny"),
    ...section("require"),
    ...section("escalate"),
    TAIL,
  ].join("\n\n") + "\n";
}

const HEAD = `# yaml-language-server: $schema=v1.schema.json
# Made of the permissions of Claude Code. Nothing runs here that they deny, and nothing
# without a question that they ask about. Its sandbox is the working directory.`;

const TAIL = `sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 1048576, max_depth: 32 }
loop_budget: { max_iterations: 1, max_tool_calls: 1000, max_denials: 100 }
cycle_detection: { max_repeats: 20, max_period: 4 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }`;

function listed(names: readonly string[]): string {
  return names.length === 0
    ? " []"
    : names.map((name) => `\n    - ${jsonText(name)}`).join("");
}

function describing(
  name: string,
  { reads, writes, fetches, labels }: ClaudeTool,
): string {
  const effects: readonly (readonly [string, readonly string[] | undefined])[] =
    [["reads", reads], ["writes", writes], ["fetches", fetches]];
  const lines = effects.flatMap(([effect, names]) =>
    names === undefined ? [] : [`    ${effect}: ${jsonText(names)}`]
  );
  return [
    `  - match: [${name}]`,
    ...lines.length === 0 ? ["    effects: none"] : lines,
    ...labels.length === 0 ? [] : [`    labels: [${labels.join(", ")}]`],
  ].join("\n");
}

function clauseText({ comment, body }: Clause): string {
  const [first = "", ...others] = Object.entries(body)
    .map(([key, value]: readonly [string, Json]) =>
      `${key}: ${jsonText(value)}`
    );
  return [
    `  # ${comment}`,
    `  - ${first}`,
    ...others.map((line) => `    ${line}`),
  ].join("\n");
}
