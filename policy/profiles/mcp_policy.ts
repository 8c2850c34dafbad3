import { LABELS } from "../../tools/label.ts";
import { PROFILE_SECTIONS, type ProfileSection } from "./profile_document.ts";
import type { ServerPart } from "./server_part.ts";

/**
 * Writes a policy for servers of the Model Context Protocol, commented, in audit
 * mode: every decision is made and recorded, and calls run all the same. The servers
 * have different names, whatever the case of their letters.
 */
export function mcpPolicy(servers: readonly ServerPart[]): string {
  return [
    HEAD,
    registry(servers),
    ...PROFILE_SECTIONS.flatMap((section) => sectionOf(section, servers)),
    ADDRESSES,
    flow(servers),
    environment(servers),
    TAIL,
  ].join("\n\n") + "\n";
}

const HEAD = `# yaml-language-server: $schema=v1.schema.json
# What an agent may do with its servers. Whatever is not allowed here is denied. A
# denial wins over asking a person, and asking over a permission. The order of entries
# does not matter. Check it with: policy validate FILE; try it with: policy test.
version: 1

# Look first: in audit mode every decision is made and recorded as it would be, and
# calls run all the same. The report of a run says what would have been denied, policy
# explain says why. To enforce the policy, delete this line, and leave --audit off the
# command line.
mode: audit

# continue: the model is told of a denial and goes on. terminate: the session ends.
on_deny: continue`;

function registry(servers: readonly ServerPart[]): string {
  const lines = ["tool_registry:", "  allowed:"];
  for (const { about, allowed, leftOut } of servers) {
    lines.push(...about.map((line) => `    # ${line}`));
    lines.push(...allowed.map((name) => `    - ${name}`));
    lines.push(
      ...[...leftOut].map(([name, why]) => `    # left out: ${name}: ${why}`),
    );
  }
  // A policy without tools is sound, too.
  if (servers.every(({ allowed }) => allowed.length === 0)) {
    lines[1] = "  allowed: []";
  }
  lines.push("  denied: []");
  const pins = servers.flatMap(({ pins = new Map() }) => [...pins]);
  if (pins.length > 0) {
    lines.push(
      "  # The definitions as they were read. A tool with another one is denied.",
      "  pins:",
      ...pins.map(([name, sha256]) => `    ${name}: ${sha256}`),
    );
  }
  return lines.join("\n");
}

const COMMENTS: Readonly<Record<ProfileSection, string>> = {
  tools:
    `# What tools touch and return. It comes from here, never from what a server says.
# private: what it returns is not public. untrusted: outsiders can write that.
# sink: what it is given leaves, or the world changes.`,
  deny: "# Calls that must not run.",
  require: "# What calls must meet; what is unknown counts as not met.",
  escalate: "# Calls that a person must allow.",
};

function sectionOf(
  section: ProfileSection,
  servers: readonly ServerPart[],
): readonly string[] {
  const bodies = servers.flatMap(({ sections }) => sections.get(section) ?? []);
  return bodies.length === 0
    ? []
    : [`${COMMENTS[section]}\n${section}:\n${bodies.join("\n")}`];
}

const ADDRESSES =
  `# Hosts that may be fetched from: docs.example.com, "*.example.com", api.example.com/v1/*
url_allowlist: []
# unlisted_hosts: escalate     # ask a person instead of denying`;

function flow(servers: readonly ServerPart[]): string {
  const labels = new Set(servers.flatMap(({ labels }) => [...labels]));
  const clause = [
    "flow:",
    "  - after: [untrusted, private]",
    "    before: sink",
    "    effect: escalate # or deny",
    "    reason: it may carry private text out",
  ];
  const missing = LABELS.filter((label) => !labels.has(label));
  return missing.length === 0
    ? [
      "# Once the session has read something private and something untrusted, ask before",
      "# anything leaves or changes.",
      ...clause,
    ].join("\n")
    : [
      `# No tool here is ${
        missing.join(" or ")
      }. Once some are, ask before anything private leaves:`,
      ...clause.map((line) => `# ${line}`),
    ].join("\n");
}

function environment(servers: readonly ServerPart[]): string {
  const names = [...new Set(servers.flatMap(({ env }) => env))];
  const isShared = servers.length > 1 && names.length > 0;
  return [
    "# The whole environment of a server: its variables by name, each with the variable",
    "# that the value comes from. Values are never written here.",
    ...isShared
      ? [
        "# Every server that is started with this policy gets all of them: where they are not",
        "# to share a secret, write a policy for each.",
      ]
      : [],
    "mcp:",
    "  env:",
    "    PATH: { from: PATH, secret: false }",
    ...names.map((name) =>
      `    ${isShared ? "# " : ""}${name}: { from: ${name}${
        PLAIN.has(name) ? ", secret: false" : ""
      } }`
    ),
  ].join("\n");
}

/** Variables whose values are no secrets, and parts of many texts. */
const PLAIN: ReadonlySet<string> = new Set(["HOME"]);

const TAIL = `sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 1048576, max_depth: 32 }
# A session has no steps, so max_iterations has no effect; nobody reports tokens.
loop_budget: { max_iterations: 1, max_tool_calls: 1000, max_denials: 100 }
# Agents look at the same page or file more than once.
cycle_detection: { max_repeats: 20, max_period: 4 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }`;
