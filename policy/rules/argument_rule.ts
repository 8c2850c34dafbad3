import type { DenyClause, RequireClause } from "../document/clauses.ts";
import type { Basis } from "../conditions/basis.ts";
import type { Judge } from "../conditions/judge.ts";
import {
  type ClauseLines,
  clauseMetadata,
  clauseOf,
  grounds,
} from "../clause.ts";
import { type JudgedClause, objectionsOf } from "../judged_clause.ts";
import type { Opinion, Proposal, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";
import { clauseMemory } from "./clause_memory.ts";
import { conditionalClause } from "./conditional_clause.ts";

/** The clauses that name calls by their arguments. */
interface ArgumentClauses {
  readonly deny?: readonly DenyClause[] | undefined;
  readonly require?: readonly RequireClause[] | undefined;
}

/**
 * Denies what a clause of `deny` names, and what does not meet a clause of
 * `require`. A condition that is unknown counts against the call: as holding in
 * `deny`, as not holding in `require`.
 */
export function argumentRule(
  given: ArgumentClauses,
  lines: ClauseLines,
): Rule {
  const clauses = clauseMemory((proposal, judge) =>
    judgedClauses(given, proposal, judge)
  );
  const { deny = [], require = [] } = given;
  return {
    id: "argument_rule",
    clauses: clauses.of,
    opinion: (proposal) =>
      deny.length + require.length === 0
        ? undefined
        : clauses.judge(proposal, (judged) =>
          opinionOf(judged, { name: proposal.name, lines })),
  };
}

function opinionOf(
  clauses: readonly ArgumentClause[],
  { name, lines }: { readonly name: string; readonly lines: ClauseLines },
): Opinion | undefined {
  const { denied, asking } = objectionsOf(clauses);
  if (denied !== undefined) {
    const { place, reason } = denied;
    return {
      effect: "deny",
      reason,
      metadata: {
        ...clauseMetadata(denied, { place, lines }),
        ...grounds(denied.against()),
      },
    };
  }
  return asking.length === 0 ? whereSeen(clauses) : {
    effect: "escalate",
    asks: asking.map((each) => ({
      clause: clauseOf(each, each.place),
      reason: each.reason,
    })),
    metadata: {
      tool: name,
      ...grounds(asking.flatMap((each) => each.against())),
    },
  };
}

/** Of a call that is allowed because a value was seen before, the record says where. */
function whereSeen(clauses: readonly ArgumentClause[]): Opinion | undefined {
  const seen = clauses.flatMap((each) => each.met())
    .filter(({ kind }) => kind === "seen");
  return seen.length === 0
    ? undefined
    : { effect: "allow", metadata: grounds(seen) };
}

interface ArgumentClause extends JudgedClause {
  /** What speaks against the call. */
  against(): readonly Basis[];
  /** What the call has met, since the clause requires it. */
  met(): readonly Basis[];
}

/** The clauses for a call: what is denied first, then what is required. */
function judgedClauses(
  { deny = [], require = [] }: ArgumentClauses,
  { name }: Proposal,
  judge: Judge,
): readonly ArgumentClause[] {
  return [
    ...deny.flatMap((clause, index) =>
      isNamed(name, clause.tools)
        ? [judgedDeny(clause, `deny[${index}]`, judge)]
        : []
    ),
    ...require.flatMap((clause, index) =>
      isNamed(name, clause.tools)
        ? [judgedRequire(clause, `require[${index}]`, judge)]
        : []
    ),
  ];
}

function judgedDeny(
  { id, when = [], reason }: DenyClause,
  place: string,
  { truth, basis }: Judge,
): ArgumentClause {
  return {
    ...conditionalClause({
      ...{ place, id, reason, truth },
      effect: "deny",
      conditions: when,
      objectsTo: (whole) => whole !== false,
    }),
    against: () =>
      when.flatMap((each) => basis(each, (holds) => holds !== false)),
    met: () => [],
  };
}

function judgedRequire(
  { id, tools, that, otherwise = "deny", reason }: RequireClause,
  place: string,
  { truth, basis }: Judge,
): ArgumentClause {
  return {
    ...conditionalClause({
      ...{ place, id, truth },
      effect: otherwise,
      reason: reason ?? `calls of ${tools.join(", ")} must meet this clause`,
      conditions: that,
      objectsTo: (whole) => whole !== true,
    }),
    against: () =>
      that.filter((each) => truth(each) !== true)
        .flatMap((each) => basis(each, (holds) => holds !== true)),
    met: () => that.flatMap((each) => basis(each, (holds) => holds === true)),
  };
}
