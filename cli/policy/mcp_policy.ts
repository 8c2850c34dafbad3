import { LABELS } from "../../tools/label.ts";
import type { ToolTraits } from "../../policy/tool_traits.ts";

/** A tool as a policy to begin with lists it. */
export interface ListedForPolicy {
  /** Its name in the record. */
  readonly name: string;
  /** Whether it may be called; else it stands there as a comment. */
  readonly isAllowed: boolean;
  /** SHA-256 of its definition, which the policy pins. */
  readonly pin?: string | undefined;
  /** Lines for people, each safe to show. */
  readonly notes: readonly string[];
}

/** A server as a policy to begin with names it. */
export interface ServerForPolicy {
  /** What it is called in the record. */
  readonly name: string;
  /** A line for people. */
  readonly title: string;
  readonly tools: readonly ListedForPolicy[];
  readonly traits: readonly ToolTraits[];
  /** Variables that it gets, each from the one of the same name. */
  readonly env: readonly {
    readonly name: string;
    readonly isSecret: boolean;
  }[];
}

/** Writes a policy to begin with for servers of the Model Context Protocol. */
export function mcpPolicy(
  servers: readonly ServerForPolicy[],
  { isAudit }: { readonly isAudit: boolean },
): string {
  const tools = servers.flatMap((server) => server.tools);
  const pins = tools.filter(({ pin }) => pin !== undefined);
  return [
    ...servers.map(({ title }) => `# ${title}`),
    "# Names are those of --name, a dot and the server's own. Check the policy with:",
    "# policy validate FILE",
    "version: 1",
    ...isAudit
      ? [
        "# Decisions are recorded, and calls run all the same, but for those of tools that",
        "# nothing describes. To enforce the policy, take the next line out, and leave out",
        "# --audit of the command mcp.",
        "mode: audit",
      ]
      : [],
    "on_deny: continue",
    "",
    "# What is allowed to begin with only reads, as far as is known. Take the # from what",
    "# else you want.",
    "tool_registry:",
    ...allowedList(tools),
    "  denied: []",
    ...pins.length === 0 ? [] : [
      "  # A tool with another definition is hidden and denied.",
      "  pins:",
      ...pins.map(({ name, pin }) => `    ${scalar(name)}: ${pin}`),
    ],
    "",
    ...traitsList(servers.flatMap(({ traits }) => traits)),
    "mcp:",
    "  # The whole environment of a server; the value of a secret is seen nowhere.",
    ...environment(servers),
    "  call_timeout_ms: 60000",
    "",
    "# Hosts that tools may fetch from.",
    "url_allowlist: []",
    "",
    ...flowClause(servers.flatMap(({ traits }) => traits)),
    "sandbox: { isolation: process }",
    "arg_schema: { enforcement: strict, max_bytes: 1048576, max_depth: 32 }",
    "loop_budget: { max_iterations: 1, max_tool_calls: 1000, max_denials: 100 }",
    "cycle_detection: { max_repeats: 20, max_period: 4 }",
    "retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }",
    "",
  ].join("\n");
}

/** A variable that not all of them need is given to those that do. */
function environment(servers: readonly ServerForPolicy[]): readonly string[] {
  const all = servers.flatMap((server) => server.env);
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0) return ["  env: {}"];
  return [
    "  env:",
    ...names.map((name) => {
      const users = servers.filter(({ env }) =>
        env.some((each) => each.name === name)
      );
      const isSecret = all.some((each) => each.name === name && each.isSecret);
      const keys = [
        `from: ${name}`,
        ...isSecret ? [] : ["secret: false"],
        ...users.length === servers.length
          ? []
          : [`servers: [${users.map(({ name }) => name).join(", ")}]`],
      ];
      return `    ${name}: { ${keys.join(", ")} }`;
    }),
  ];
}

function allowedList(tools: readonly ListedForPolicy[]): readonly string[] {
  const lines = tools.flatMap(({ name, isAllowed, notes }) => [
    ...notes.map((note) => `    # ${note}`),
    `    ${isAllowed ? "" : "# "}- ${scalar(name)}`,
  ]);
  return tools.some(({ isAllowed }) => isAllowed)
    ? ["  allowed:", ...lines]
    : ["  allowed: []", ...lines];
}

function traitsList(traits: readonly ToolTraits[]): readonly string[] {
  if (traits.length === 0) {
    return [
      "# What the tools touch; one that nothing describes cannot be called.",
      "# tools:",
      "#   - match: [NAME.TOOL]",
      "#     reads: [path]      # or writes, fetches: [ARGUMENT]; or effects: none",
      "#     labels: [private]  # private, untrusted, sink",
      "",
    ];
  }
  return [
    "# What the tools touch; one that nothing describes cannot be called.",
    "tools:",
    ...traits.flatMap(({ match, effects, labels, ...lists }) => [
      "  - match:",
      ...match.map((name) => `      - ${scalar(name)}`),
      ...(["fetches", "reads", "writes"] as const).flatMap((key) => {
        const names = lists[key];
        return names === undefined
          ? []
          : [`    ${key}: [${names.map(scalar).join(", ")}]`];
      }),
      ...effects === undefined ? [] : [`    effects: ${effects}`],
      ...labels === undefined ? [] : [`    labels: [${labels.join(", ")}]`],
    ]),
    "",
  ];
}

/** Where something leaves, and something private and something untrusted is read, one thing is usual. */
function flowClause(traits: readonly ToolTraits[]): readonly string[] {
  const labels = new Set(traits.flatMap(({ labels = [] }) => labels));
  if (labels.size < LABELS.length) return [];
  return [
    "# Once a session has read something private and something that outsiders wrote,",
    "# nothing leaves any more.",
    "flow:",
    "  - id: private-stays",
    "    after: [private, untrusted]",
    "    before: sink",
    "    effect: deny",
    "    reason: it may carry private text out",
    "",
  ];
}

/** A text as YAML writes it on a line. */
function scalar(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_.\/-]*$/.test(text) && !RESERVED.has(text)
    ? text
    : JSON.stringify(text).replace(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

const RESERVED = new Set(["true", "false", "null", "yes", "no", "on", "off"]);
