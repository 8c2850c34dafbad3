import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";
import { type Label, LABELS } from "../../tools/label.ts";
import { clauseId } from "../clause_id.ts";
import { type Condition, conditionSchema } from "../conditions/condition.ts";
import type { Escalation } from "../conditions/escalation.ts";
import { compileJsonPath } from "../redaction/json_path.ts";
import { sourcesIn } from "../seen_texts.ts";
import { anyToolPattern, isNamed, toolPattern } from "../tool_pattern.ts";
import type { ToolTraits } from "../tool_traits.ts";

export type { ToolTraits };

/** The sections whose clauses name the tools that they are about. */
export const TOOL_SECTIONS = [
  "deny",
  "require",
  "escalate",
  "call_limits",
] as const;

/** The sections that hold clauses. */
export const CLAUSE_SECTIONS = [...TOOL_SECTIONS, "flow"] as const;

/** Calls that must not run. */
export interface DenyClause {
  /** A name for it, recorded beside the rule's. */
  readonly id?: string | undefined;
  /** Exact names, beginnings with a `*` after them, or `*` for all tools. */
  readonly tools: readonly string[];
  /** What the call must be for it; all of it. Left out: any call. */
  readonly when?: readonly Condition[] | undefined;
  /** Why, for people and for the model. */
  readonly reason: string;
}

/** What calls of some tools must meet. */
export interface RequireClause {
  /** A name for it, recorded beside the rule's. */
  readonly id?: string | undefined;
  /** Exact names, beginnings with a `*` after them, or `*` for all tools. */
  readonly tools: readonly string[];
  /** All of it must hold. */
  readonly that: readonly Condition[];
  /** What becomes of a call for which it does not hold, or is unknown. Default: deny. */
  readonly otherwise?: "deny" | "escalate" | undefined;
  /** Why, for people and for the model. Default: that the call does not meet the clause. */
  readonly reason?: string | undefined;
}

/** How many calls of some tools a run may have, all together. */
export interface CallLimit {
  /** A name for it, recorded beside the rule's. */
  readonly id?: string | undefined;
  /** Exact names, beginnings with a `*` after them, or `*` for all tools. */
  readonly tools: readonly string[];
  /** How many may begin, at least 1. */
  readonly max_calls: number;
  /** Within how many seconds of the run's clock; redirects count too. Left out: in the whole run. */
  readonly per_seconds?: number | undefined;
}

/** What must not follow after what, by the labels of tools. */
export interface FlowClause {
  /** A name for it, recorded beside the rule's. */
  readonly id?: string | undefined;
  /** Labels that calls of the run have set, all of them. */
  readonly after: readonly Label[];
  /** The label of the tool that is called. */
  readonly before: Label;
  /** What becomes of the call. */
  readonly effect: "deny" | "escalate";
  /** Why, for people and for the model. */
  readonly reason: string;
}

const reason = z.string().check(
  z.minLength(1, "expected a text, found none"),
  z.describe("Why, for people and for the model"),
);
const anyTools = z.array(anyToolPattern).check(
  z.minLength(1, 'expected at least one tool, or "*" for all'),
  z.describe(
    "Exact names of tools, beginnings of names with a * after them, or * for all",
  ),
);
const conditions = z.array(conditionSchema).check(
  z.minLength(1, "expected at least one condition"),
);
const label = z.enum(LABELS);
const effect = z.array(
  z.string().check(z.minLength(1), (context) => {
    const { value } = context;
    if (!value.startsWith("$")) return;
    try {
      compileJsonPath(value);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.issues.push({ code: "custom", input: value, message });
    }
  }),
);

/** The schema of `tools`. */
export const toolTraits: z.ZodMiniType<ToolTraits[]> = z.array(
  z.strictObject({
    match: z.array(toolPattern).check(
      z.minLength(1, "expected at least one tool"),
      z.describe("Exact names of tools, or beginnings of names with a * after"),
    ),
    fetches: z.optional(
      effect.check(z.describe("Arguments that hold a URL which it fetches")),
    ),
    reads: z.optional(
      effect.check(z.describe("Arguments that hold a path which it reads")),
    ),
    writes: z.optional(
      effect.check(z.describe("Arguments that hold a path which it writes")),
    ),
    effects: z.optional(
      z.literal("none").check(
        z.describe("It touches neither files nor hosts that arguments name"),
      ),
    ),
    labels: z.optional(
      z.array(label).check(
        z.describe(
          "private: what it returns is not public; untrusted: outsiders can write that; sink: what it is given leaves, or the world changes",
        ),
      ),
    ),
  }).check(
    z.refine(
      ({ effects, fetches, reads, writes }) =>
        effects === undefined ||
        [fetches, reads, writes].every((each) => each === undefined),
      "a tool without effects has no fetches, reads or writes",
    ),
  ),
);

/** The schema of `deny`. */
export const denyClauses: z.ZodMiniType<DenyClause[]> = z.array(
  z.strictObject({
    id: z.optional(clauseId),
    tools: anyTools,
    when: optionalKey(
      conditions,
      "What the call must be, all of it; what is unknown counts as true. Left out: any call",
    ),
    reason,
  }),
);

/** The schema of `require`. */
export const requireClauses: z.ZodMiniType<RequireClause[]> = z.array(
  z.strictObject({
    id: z.optional(clauseId),
    tools: anyTools,
    that: described(
      conditions,
      "What the call must meet, all of it; what is unknown counts as not met",
    ),
    otherwise: optionalKey(z.enum(["deny", "escalate"]), {
      description: "What becomes of a call that does not meet this",
      default: "deny",
    }),
    reason: optionalKey(
      reason,
      "Why, for people and for the model. Left out: that calls must meet this clause",
    ),
  }),
);

/** The schema of `call_limits`. */
export const callLimits: z.ZodMiniType<CallLimit[]> = z.array(
  z.strictObject({
    id: z.optional(clauseId),
    tools: anyTools,
    max_calls: z.int().check(
      z.minimum(1, "a limit must be at least 1"),
      z.describe("How many calls of these tools may begin, all together"),
    ),
    per_seconds: z.optional(
      z.int().check(
        z.minimum(1, "a limit must be at least 1"),
        z.maximum(86_400, "expected at most a day: 86400"),
        z.describe(
          "Within so many seconds, redirects counted too. Left out: in the whole run",
        ),
      ),
    ),
  }),
);

/** The schema of `flow`. */
export const flowClauses: z.ZodMiniType<FlowClause[]> = z.array(
  z.strictObject({
    id: z.optional(clauseId),
    after: z.array(label).check(
      z.minLength(1, "expected at least one label"),
      z.describe("Labels that calls of the run have set, all of them"),
    ),
    before: label.check(z.describe("The label of the tool that is called")),
    effect: described(
      z.enum(["deny", "escalate"]),
      "What becomes of the call",
    ),
    reason,
  }),
);

/** The parts of a policy whose clauses depend on each other. */
interface Clauses {
  readonly tool_registry: {
    readonly allowed: readonly string[];
    readonly denied: readonly string[];
  };
  readonly tools?: readonly ToolTraits[] | undefined;
  readonly escalate?: readonly Escalation[] | undefined;
  readonly deny?: readonly DenyClause[] | undefined;
  readonly require?: readonly RequireClause[] | undefined;
  readonly call_limits?: readonly CallLimit[] | undefined;
  readonly flow?: readonly FlowClause[] | undefined;
}

/** Refuses clauses that can never decide, ids that are given twice, and trust in what is untrusted. */
export function checkClauses(
  { value, issues }: z.core.ParsePayload<Clauses>,
): void {
  const complain = (
    path: readonly PropertyKey[],
    { input, message }: { readonly input: unknown; readonly message: string },
  ) => issues.push({ code: "custom", input, path: [...path], message });

  for (const [index, { tools }] of (value.escalate ?? []).entries()) {
    for (const [place, name] of tools.entries()) {
      if (mayBeCalled(name, value)) continue;
      const message = `"${name}" is not allowed, so nobody will be asked`;
      complain(["escalate", index, "tools", place], { input: name, message });
    }
  }
  const ids = new Set<string>();
  for (const section of CLAUSE_SECTIONS) {
    for (const [index, { id }] of (value[section] ?? []).entries()) {
      if (id === undefined) continue;
      if (ids.has(id)) {
        const message = `another clause has the id "${id}", too`;
        complain([section, index, "id"], { input: id, message });
      }
      ids.add(id);
    }
  }
  for (const { path, conditions } of conditionsIn(value)) {
    for (const source of sourcesIn(conditions)) {
      if (source === "question" || !isUntrusted(source.tool, value)) continue;
      const message =
        `what "${source.tool}" returns is untrusted, so nothing that was seen there can be trusted`;
      complain(path, { input: source.tool, message });
    }
  }
}

/** Whether `tool_registry` allows a tool of this name, or one of this family. */
export function mayBeCalled(
  pattern: string,
  { tool_registry }: Pick<Clauses, "tool_registry">,
): boolean {
  const { allowed } = tool_registry;
  if (isNamed(pattern, allowed)) return true;
  return pattern.endsWith("*") &&
    allowed.some((name) => isNamed(name, [pattern]));
}

/** Tools of our own that outsiders can write to, whatever a policy says. */
const OWN_UNTRUSTED = ["fetch"];

function isUntrusted(tool: string, { tools = [] }: Clauses): boolean {
  return OWN_UNTRUSTED.includes(tool) ||
    tools.some(({ match, labels = [] }) =>
      labels.includes("untrusted") && isNamed(tool, match)
    );
}

/** The conditions of a policy, clause by clause. */
export function conditionsIn(
  { deny = [], require = [], escalate = [] }: Clauses,
): readonly {
  readonly path: readonly PropertyKey[];
  readonly conditions: readonly Condition[];
}[] {
  return [
    ...deny.map(({ when = [] }, index) => ({
      path: ["deny", index, "when"],
      conditions: when,
    })),
    ...escalate.map(({ when = [] }, index) => ({
      path: ["escalate", index, "when"],
      conditions: when,
    })),
    ...require.map(({ that }, index) => ({
      path: ["require", index, "that"],
      conditions: that,
    })),
  ];
}
