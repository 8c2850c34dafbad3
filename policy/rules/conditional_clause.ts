import type { Condition } from "../conditions/condition.ts";
import { all, type Truth } from "../conditions/truth.ts";
import type { JudgedClause } from "../judged_clause.ts";

/** A clause, its conditions, and how it is judged by them. */
interface Given extends Pick<JudgedClause, "place" | "id" | "effect"> {
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** Whether one condition holds of the call. */
  readonly truth: (condition: Condition) => Truth;
  /** Whether the clause objects, by whether all its conditions hold. */
  readonly objectsTo: (truth: Truth) => boolean;
}

/** Judges a clause by its conditions: until one does not hold, and only when it is asked for. */
export function conditionalClause(
  { place, id, effect, reason, conditions, truth, objectsTo }: Given,
): JudgedClause {
  let known: Truth | undefined;
  const whole = () => known ??= all(conditions.values().map(truth));
  return {
    place,
    id,
    effect,
    reason,
    truth: whole,
    objects: () => objectsTo(whole()),
    conditions: () =>
      conditions.map((each) => ({
        text: JSON.stringify(each),
        truth: truth(each),
      })),
  };
}
