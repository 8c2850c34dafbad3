import type { Flip, Verdict } from "./redecide.ts";

/** How many decisions would change, counted four ways; the most frequent first. */
export interface FlipTotals {
  /** By what becomes of the decision: `allow → deny`. */
  readonly by_change: readonly FlipTotal[];
  /** By the rule that objects now, or no longer does. */
  readonly by_rule: readonly FlipTotal[];
  /** By the clause, by its id or place; what several clauses decide counts for each. */
  readonly by_clause: readonly FlipTotal[];
  /** By the tool that was called; what only a budget decides counts for no tool. */
  readonly by_tool: readonly FlipTotal[];
}

/** How many decisions would change that have something in common. */
export interface FlipTotal {
  /** What they have in common. */
  readonly name: string;
  readonly flips: number;
}

/** Counts the decisions that would change. */
export function flipTotals(flips: readonly Flip[]): FlipTotals {
  return {
    by_change: totals(flips.map(changeOf)),
    by_rule: totals(flips.flatMap((flip) => decidingSide(flip).rule_id ?? [])),
    by_clause: totals(flips.flatMap((flip) => decidingSide(flip).clauses)),
    by_tool: totals(flips.flatMap(({ tool }) => tool ?? [])),
  };
}

/** The verdict that says by what a decision changes: the new one, or the old one where nothing objects any more. */
export function decidingSide({ was, is }: Flip): Verdict {
  return is.rule_id === null ? was : is;
}

/** What becomes of a decision: `allow → deny`. */
export function changeOf({ was, is }: Flip): string {
  return `${was.decision} → ${is.decision}`;
}

function totals(names: readonly string[]): readonly FlipTotal[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, flips]) => ({ name, flips }))
    .sort((a, b) => b.flips - a.flips || (a.name < b.name ? -1 : 1));
}
