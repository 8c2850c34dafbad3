import { type Label, LABELS } from "../../tools/label.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { isNamed } from "../tool_pattern.ts";
import { knownTool } from "../tool_traits.ts";
import { mayBeCalled } from "./clauses.ts";
import type { PolicyDocument } from "./document.ts";

/** Something in a policy that is sound and may not be what was meant. */
export interface Oddity {
  /** Where it stands. */
  readonly path: readonly (string | number)[];
  /** Why it decides nothing, for people. */
  readonly message: string;
}

/** Which tools there are. */
export interface KnownTools {
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  /** Whether there are no others. Default: a policy may name tools of other programs. */
  readonly areAll?: boolean;
}

/** The clauses of a policy that can never decide, with the reason for each, in the order of the sections. */
export function deadClauses(
  policy: PolicyDocument,
  known: KnownTools,
): readonly Oddity[] {
  const possible = possibleLabels(policy, known);
  return [
    ...NAMING.flatMap((section) =>
      (policy[section] ?? []).flatMap((clause, index) => {
        const message = whyNever(clause.tools, { policy, section, index });
        return message === undefined
          ? []
          : [{ path: [section, index], message }];
      })
    ),
    ...deadLimits(policy),
    ...(policy.flow ?? []).flatMap(({ after, before }, index) => {
      const missing = [...after, before].find((label) => !possible.has(label));
      return missing === undefined ? [] : [{
        path: ["flow", index],
        message:
          `it can never decide: no tool that may be called is labelled ${missing}`,
      }];
    }),
  ];
}

/** The sections whose clauses name tools, in the order in which they decide. */
const NAMING = ["deny", "require", "call_limits", "escalate"] as const;

function whyNever(
  tools: readonly string[],
  { policy, section, index }: {
    readonly policy: PolicyDocument;
    readonly section: typeof NAMING[number];
    readonly index: number;
  },
): string | undefined {
  const callable = tools.filter((name) => isCallable(name, policy));
  if (callable.length === 0) {
    return `it can never decide: ${
      tools.join(", ")
    } may not be called anyway, by tool_registry`;
  }
  const shadow = (policy.deny ?? []).findIndex((clause, at) =>
    clause.when === undefined && (section !== "deny" || at < index) &&
    callable.every((name) => isNamed(name, clause.tools))
  );
  return shadow < 0
    ? undefined
    : `it can never decide: deny[${shadow}] denies every call of ${
      callable.join(", ")
    }`;
}

/** Whether a tool of this name, or of this family, may be called. */
function isCallable(pattern: string, policy: PolicyDocument): boolean {
  return mayBeCalled(pattern, policy) &&
    !isNamed(pattern, policy.tool_registry.denied);
}

function deadLimits(
  { call_limits = [], loop_budget: { max_tool_calls } }: PolicyDocument,
): readonly Oddity[] {
  return call_limits.flatMap(({ max_calls, per_seconds }, index) => {
    // Within some seconds redirects count, too.
    if (max_tool_calls === undefined || per_seconds !== undefined) return [];
    return max_calls < max_tool_calls ? [] : [{
      path: ["call_limits", index, "max_calls"],
      message:
        `it can never decide: loop_budget.max_tool_calls ends a run after ${max_tool_calls}`,
    }];
  });
}

/** The labels that a tool which may be called can have. */
function possibleLabels(
  policy: PolicyDocument,
  { tools, areAll = false }: KnownTools,
): ReadonlySet<Label> {
  const { tools: traits = [] } = policy;
  const known = [...tools.values()]
    .filter(({ name }) => isCallable(name, policy))
    .flatMap((tool) => knownTool(tool, traits).labels ?? []);
  const others = areAll ? [] : traits
    .filter(({ match }) => match.some((name) => isCallable(name, policy)))
    .flatMap(({ labels = [] }) => labels);
  const found = new Set([...known, ...others]);
  return new Set(LABELS.filter((label) => found.has(label)));
}
