import { type Judge, judgedBy } from "../conditions/judge.ts";
import type { JudgedClause } from "../judged_clause.ts";
import type { Proposal } from "../rule.ts";

/** The clauses of a rule as they were judged, so that what is explained is what decided. */
export interface ClauseMemory<Clause extends JudgedClause> {
  /** Judges the clauses for a call, and remembers them until the next call. */
  judge<T>(
    proposal: Proposal,
    ask: (clauses: readonly Clause[]) => T,
  ): T;
  /** The clauses as they were judged; none for another call than the last one. */
  of(proposal: Proposal): readonly Clause[];
}

/** Remembers clauses as they were judged for the last call. */
export function clauseMemory<Clause extends JudgedClause>(
  clausesFor: (proposal: Proposal, judge: Judge) => readonly Clause[],
): ClauseMemory<Clause> {
  let last: { proposal: Proposal; clauses: readonly Clause[] } | undefined;
  return {
    judge: (proposal, ask) =>
      judgedBy(proposal, (judge) => {
        const clauses = clausesFor(proposal, judge);
        last = { proposal, clauses };
        return ask(clauses);
      }),
    of: (proposal) => last?.proposal === proposal ? last.clauses : [],
  };
}
