import type { ClauseLines } from "./clause.ts";
import { conditionsOn } from "./conditions/argument_condition.ts";
import type { Condition } from "./conditions/condition.ts";
import { firstCondition } from "./conditions/first_conditions.ts";
import { judgeOf } from "./conditions/judge.ts";
import { all, type Truth } from "./conditions/truth.ts";
import { decide, decideInAudit, type Decision, opinionOf } from "./decide.ts";
import type { PolicyDocument } from "./document/document.ts";
import type { Opinion, Proposal, Rule, RuleId } from "./rule.ts";
import { isNamed } from "./tool_pattern.ts";

/** Why a call is allowed, denied or left to a person: what every rule and every clause says of it. */
export interface Explanation {
  readonly decision: Decision;
  /** In their order of precedence. A rule that says nothing has no effect. */
  readonly rules: readonly {
    readonly id: RuleId;
    readonly effect: Opinion["effect"] | undefined;
    /** Of what it denies or asks about. */
    readonly reason: string | undefined;
  }[];
  /** The clauses for the tool that is called, section by section. */
  readonly clauses: readonly ClauseExplained[];
  /** How many clauses are for other tools. */
  readonly others: number;
}

/** What a clause of a policy says of a call. */
export interface ClauseExplained {
  /** Where it stands: `deny[2]`. */
  readonly place: string;
  readonly id: string | undefined;
  /** On which line of the file it begins, from 1. */
  readonly line: number | undefined;
  /** Whether its conditions hold, all together. */
  readonly truth: Truth;
  /** Whether it objects to the call. */
  readonly objects: boolean;
  readonly conditions: readonly ConditionExplained[];
}

/** A condition, and whether it holds. */
export interface ConditionExplained {
  /** As JSON, as the policy has it. */
  readonly text: string;
  readonly truth: Truth;
}

/** Explains what rules made of a policy decide on one call. */
export function explain(
  proposal: Proposal,
  { policy, rules, lines }: {
    readonly policy: PolicyDocument;
    readonly rules: readonly Rule[];
    readonly lines: ClauseLines;
  },
): Explanation {
  // Before the clauses are looked at, since that takes steps that the decision may need.
  const decision = policy.mode === "audit"
    ? decideInAudit(proposal, rules)
    : decide(proposal, rules);
  const clauses = [
    ...conditional(policy, proposal),
    ...counted(policy, proposal),
    ...followed(policy, proposal),
  ];
  return {
    decision,
    rules: rules.map((rule) => said(rule, proposal)),
    clauses: clauses.filter(({ isMeant }) => isMeant).map((
      { isMeant: _, clause, ...rest },
    ) => ({ ...rest, id: clause.id, line: lines.get(rest.place) })),
    others: clauses.filter(({ isMeant }) => !isMeant).length,
  };
}

/** A clause, before it is known on which line it stands. */
interface Looked extends Omit<ClauseExplained, "id" | "line"> {
  readonly clause: { readonly id?: string | undefined };
  /** Whether it is for the tool that is called. */
  readonly isMeant: boolean;
}

function said(rule: Rule, proposal: Proposal): Explanation["rules"][number] {
  const { id } = rule;
  const opinion = opinionOf(rule, proposal);
  switch (opinion?.effect) {
    case "deny":
      return { id, effect: "deny", reason: opinion.reason };
    case "escalate": {
      const reason = opinion.asks.map(({ reason }) => reason).join("; ");
      return { id, effect: "escalate", reason };
    }
    default:
      return { id, effect: opinion?.effect, reason: undefined };
  }
}

/** The clauses of `deny`, `require` and `escalate`. */
function conditional(
  { deny = [], require = [], escalate = [] }: PolicyDocument,
  proposal: Proposal,
): readonly Looked[] {
  const { truth } = judgeOf(proposal);
  const first = conditionsOn(proposal);
  const asked = (condition: Condition): Truth => {
    const old = firstCondition(condition);
    return old === undefined ? truth(condition) : first(old);
  };
  const look = (
    section: string,
    { clause, index, conditions, judge, objectsTo }: {
      readonly clause: Looked["clause"] & { readonly tools: readonly string[] };
      readonly index: number;
      readonly conditions: readonly Condition[];
      readonly judge: (condition: Condition) => Truth;
      readonly objectsTo: (truth: Truth) => boolean;
    },
  ): Looked => {
    const isMeant = isNamed(proposal.name, clause.tools);
    const explained = isMeant
      ? conditions.map((condition) => ({
        text: JSON.stringify(condition),
        truth: judge(condition),
      }))
      : [];
    const whole = all(explained.map((each) => each.truth));
    return {
      place: `${section}[${index}]`,
      clause,
      isMeant,
      truth: whole,
      objects: isMeant && objectsTo(whole),
      conditions: explained,
    };
  };
  return [
    ...deny.map((clause, index) =>
      look("deny", {
        clause,
        index,
        conditions: clause.when ?? [],
        judge: truth,
        objectsTo: (whole) => whole !== false,
      })
    ),
    ...require.map((clause, index) =>
      look("require", {
        clause,
        index,
        conditions: clause.that,
        judge: truth,
        objectsTo: (whole) => whole !== true,
      })
    ),
    ...escalate.map((clause, index) =>
      look("escalate", {
        clause,
        index,
        conditions: clause.when ?? [],
        judge: asked,
        objectsTo: (whole) => whole !== false,
      })
    ),
  ];
}

function counted(
  { call_limits = [] }: PolicyDocument,
  { name, run, redirects }: Proposal,
): readonly Looked[] {
  return call_limits.map((clause, index) => {
    const { tools, max_calls, per_seconds } = clause;
    const isMeant = isNamed(name, tools) &&
      !(per_seconds === undefined && redirects > 0);
    const calls = isMeant ? run.calls(tools, per_seconds) : 0;
    const objects = isMeant && calls >= max_calls;
    return {
      place: `call_limits[${index}]`,
      clause,
      isMeant,
      truth: objects,
      objects,
      conditions: [{ text: `${calls} of ${max_calls} calls`, truth: objects }],
    };
  });
}

function followed(
  { flow = [] }: PolicyDocument,
  { tool, run }: Proposal,
): readonly Looked[] {
  return flow.map((clause, index) => {
    const { after, before } = clause;
    const isMeant = tool?.labels?.includes(before) === true;
    const conditions = after.map((label) => {
      const by = run.labels.get(label);
      return {
        text: by === undefined
          ? label
          : `${label} since call ${by.call} (${by.tool})`,
        truth: by !== undefined,
      };
    });
    const truth = all(conditions.map((each) => each.truth));
    return {
      place: `flow[${index}]`,
      clause,
      isMeant,
      truth,
      objects: isMeant && truth === true,
      conditions,
    };
  });
}
