import type { DenyClause, RequireClause } from "../document/clauses.ts";
import { type Judge, judgedBy } from "../conditions/judge.ts";
import { all } from "../conditions/truth.ts";
import {
  type ClauseLines,
  clauseMetadata,
  clauseOf,
  grounds,
} from "../clause.ts";
import type { Ask, Opinion, Proposal, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/**
 * Denies what a clause of `deny` names, and what does not meet a clause of
 * `require`. A condition that cannot be told counts against the call: as holding in
 * `deny`, as not holding in `require`.
 */
export function argumentRule(
  { deny = [], require = [] }: {
    readonly deny?: readonly DenyClause[] | undefined;
    readonly require?: readonly RequireClause[] | undefined;
  },
  lines: ClauseLines,
): Rule {
  function judged(proposal: Proposal, judge: Judge): Opinion | undefined {
    const denied = firstDenied(deny, proposal, judge);
    if (denied !== undefined) return denial(denied, lines);
    const unmet = require.flatMap((clause, index) => {
      if (!isNamed(proposal.name, clause.tools)) return [];
      const open = clause.that.filter((each) => judge.truth(each) !== true);
      return open.length === 0 ? [] : [{ clause, index, open }];
    });
    const hard = unmet.find(({ clause }) => clause.otherwise !== "escalate");
    if (hard !== undefined) {
      return denial({
        place: `require[${hard.index}]`,
        clause: { ...hard.clause, reason: reasonOf(hard.clause) },
        bases: hard.open.flatMap((each) =>
          judge.basis(each, (truth) => truth !== true)
        ),
      }, lines);
    }
    return unmet.length === 0 ? whereSeen(require, proposal, judge) : {
      effect: "escalate",
      asks: unmet.map(({ clause, index }): Ask => ({
        clause: clauseOf(clause, `require[${index}]`),
        reason: reasonOf(clause),
      })),
      metadata: {
        tool: proposal.name,
        ...grounds(
          unmet.flatMap(({ open }) =>
            open.flatMap((each) => judge.basis(each, (truth) => truth !== true))
          ),
        ),
      },
    };
  }

  return {
    id: "argument_rule",
    opinion: (proposal) =>
      deny.length + require.length === 0
        ? undefined
        : judgedBy(proposal, (judge) => judged(proposal, judge)),
  };
}

/** Of a call that is allowed because a value was seen before, the record says where. */
function whereSeen(
  require: readonly RequireClause[],
  { name }: Proposal,
  judge: Judge,
): Opinion | undefined {
  const seen = require.filter(({ tools }) => isNamed(name, tools))
    .flatMap(({ that }) => that)
    .flatMap((each) => judge.basis(each, (truth) => truth === true))
    .filter(({ kind }) => kind === "seen");
  return seen.length === 0
    ? undefined
    : { effect: "allow", metadata: grounds(seen) };
}

interface Denied {
  readonly place: string;
  readonly clause: {
    readonly id?: string | undefined;
    readonly reason: string;
  };
  readonly bases: ReturnType<Judge["basis"]>;
}

function firstDenied(
  clauses: readonly DenyClause[],
  { name }: Proposal,
  judge: Judge,
): Denied | undefined {
  for (const [index, clause] of clauses.entries()) {
    if (!isNamed(name, clause.tools)) continue;
    const { when = [] } = clause;
    if (all(when.values().map(judge.truth)) === false) continue;
    return {
      place: `deny[${index}]`,
      clause,
      bases: when.flatMap((each) =>
        judge.basis(each, (truth) => truth !== false)
      ),
    };
  }
}

function denial({ place, clause, bases }: Denied, lines: ClauseLines): Opinion {
  return {
    effect: "deny",
    reason: clause.reason,
    metadata: {
      ...clauseMetadata(clause, { place, lines }),
      ...grounds(bases),
    },
  };
}

function reasonOf({ reason, tools }: RequireClause): string {
  return reason ?? `calls of ${tools.join(", ")} must meet this clause`;
}
