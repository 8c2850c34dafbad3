import type { RunStarted } from "../../../runtime/record/event.ts";
import type { RuleId } from "../../../policy/rule.ts";

/** What a decision says: `deny` of a rule, or `allow`. */
export interface DecisionOf {
  readonly decision: "allow" | "deny" | "escalate";
  readonly rule_id: RuleId | null;
}

/** A decision of an earlier version of the program that is different now. */
export interface ChangedDecision {
  /** `programOf` of the records that have it. */
  readonly version: string;
  readonly was: DecisionOf;
  readonly is: DecisionOf;
  /** Why it was changed; a commit that changes decisions adds its row. */
  readonly why: string;
}

/**
 * The version by which records are told apart: the program's, where a record
 * states it, otherwise that of the record. A commit that changes decisions
 * increases the latter.
 */
export function programOf(
  { v, runtime_version }: Pick<RunStarted, "v" | "runtime_version">,
): string {
  return runtime_version ?? String(v);
}

/**
 * Decisions that differ on purpose from those of the version that recorded them;
 * every other difference is a finding. The list is empty so far.
 */
export const CHANGED_DECISIONS: readonly ChangedDecision[] = [];

/** The row that explains why a recorded decision differs from the present one. */
export function changedDecision(
  version: string,
  { was, is }: Pick<ChangedDecision, "was" | "is">,
  table: readonly ChangedDecision[] = CHANGED_DECISIONS,
): ChangedDecision | undefined {
  return table.find((each) =>
    each.version === version && isSame(each.was, was) && isSame(each.is, is)
  );
}

function isSame(one: DecisionOf, other: DecisionOf): boolean {
  return one.decision === other.decision && one.rule_id === other.rule_id;
}
