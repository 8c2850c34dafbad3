import { LABELS } from "../../tools/label.ts";
import { jsonText } from "../../tools/data/untrusted_text.ts";
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
    ...proposals(servers),
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
    lines.push(...allowed.map((name) => `    - ${yamlName(name)}`));
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
      ...pins.map(([name, sha256]) => `    ${yamlName(name)}: "${sha256}"`),
    );
  }
  return lines.join("\n");
}

/** A name that YAML could take for something else is quoted. */
function yamlName(name: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(name) ? name : jsonText(name);
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
  const entries = servers.flatMap(({ sections }) =>
    sections.get(section) ?? []
  );
  return entries.length === 0
    ? []
    : [`${COMMENTS[section]}\n${section}:\n${entries.join("\n")}`];
}

/** Entries of `tools` for a person to complete. */
function proposals(servers: readonly ServerPart[]): readonly string[] {
  const tools = servers.flatMap(({ undescribed = [] }) => undescribed);
  if (tools.length === 0) return [];
  const entries = tools.flatMap(({ name, unnamed }) => [
    `#   - match: [${yamlName(name)}]`,
    ...unnamed.length === 0 ? ["#     effects: none"] : [],
    ...(["path", "url"] as const).flatMap((kind) => {
      const named = unnamed.filter((each) => each.kind === kind)
        .map(({ path }) => jsonText(path));
      if (named.length === 0) return [];
      return [
        kind === "path"
          ? `#     reads: [${named.join(", ")}] # or writes`
          : `#     fetches: [${named.join(", ")}]`,
      ];
    }),
    "#     labels: [private, untrusted, sink]",
  ]);
  return [
    [
      "# Nobody has described these, so they are denied. Say what each touches and returns,",
      "# and add it under allowed. What is proposed here is guessed by names of arguments.",
      "# tools:",
      ...entries,
    ].join("\n"),
  ];
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
  return [
    "# The whole environment of a server: its variables by name, each with the variable",
    "# that the value comes from. Values are never written here.",
    "mcp:",
    "  env:",
    "    PATH: { from: PATH, secret: false }",
    ...names.map((name) => `    ${name}: { ${variable(name, servers)} }`),
  ].join("\n");
}

/** A variable goes to the servers that need it, and to no other. */
function variable(name: string, servers: readonly ServerPart[]): string {
  const users = servers.filter(({ env }) => env.includes(name));
  return [
    `from: ${name}`,
    ...PLAIN.has(name) ? ["secret: false"] : [],
    ...users.length === servers.length
      ? []
      : [`servers: [${users.map(({ server }) => server).join(", ")}]`],
  ].join(", ");
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
