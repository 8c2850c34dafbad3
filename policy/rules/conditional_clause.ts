import type { Condition } from "../conditions/condition.ts";
import { all, type Truth } from "../conditions/truth.ts";
import type { JudgedClause } from "../judged_clause.ts";

/** A clause with its conditions, and how they decide. */
interface Given extends Pick<JudgedClause, "place" | "id" | "effect"> {
  readonly reason: string;
  readonly conditions: readonly Condition[];
  /** Whether one condition holds of the call. */
  readonly truth: (condition: Condition) => Truth;
  /** Whether the clause objects, by whether all its conditions hold. */
  readonly objectsTo: (truth: Truth) => boolean;
}

/** Makes a clause that is judged by its conditions. They are judged on demand, and only until one does not hold. */
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
