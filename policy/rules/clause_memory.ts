import { type Judge, judgedBy } from "../conditions/judge.ts";
import type { JudgedClause } from "../judged_clause.ts";
import type { Proposal } from "../rule.ts";

/** The clauses of a rule as they were judged for each call, so that what is explained is what decided. */
export interface ClauseMemory<Clause extends JudgedClause> {
  /** Judges the clauses for a call, and remembers them. */
  judge<T>(
    proposal: Proposal,
    ask: (clauses: readonly Clause[]) => T,
  ): T;
  /** The clauses as they were judged; none before that. */
  of(proposal: Proposal): readonly Clause[];
}

/** Remembers clauses for as long as the call is. */
export function clauseMemory<Clause extends JudgedClause>(
  clausesFor: (proposal: Proposal, judge: Judge) => readonly Clause[],
): ClauseMemory<Clause> {
  const known = new WeakMap<Proposal, readonly Clause[]>();
  return {
    judge: (proposal, ask) =>
      judgedBy(proposal, (judge) => {
        const clauses = clausesFor(proposal, judge);
        known.set(proposal, clauses);
        return ask(clauses);
      }),
    of: (proposal) => known.get(proposal) ?? [],
  };
}
