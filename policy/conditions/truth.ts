/**
 * Whether something holds. It is `unknown` of an argument that is missing or of
 * another type, of one whose spellings disagree, and of one that takes too many
 * steps to judge.
 */
export type Truth = true | false | "unknown";

/** Whether all hold: false when one does not, else unknown when one is. */
export function all(truths: Iterable<Truth>): Truth {
  let whole: Truth = true;
  for (const each of truths) {
    if (each === false) return false;
    if (each === "unknown") whole = "unknown";
  }
  return whole;
}

/** Whether some holds: true when one does, else unknown when one is. */
export function any(truths: Iterable<Truth>): Truth {
  let whole: Truth = false;
  for (const each of truths) {
    if (each === true) return true;
    if (each === "unknown") whole = "unknown";
  }
  return whole;
}

/** Whether it does not hold; what is unknown stays unknown. */
export function not(truth: Truth): Truth {
  return truth === "unknown" ? "unknown" : !truth;
}

/** Whether readings of one thing agree: all hold, none does, or else it is unknown. */
export function agreed(truths: Iterable<Truth>): Truth {
  let first: Truth | undefined;
  for (const each of truths) {
    if (each === "unknown" || (first !== undefined && each !== first)) {
      return "unknown";
    }
    first = each;
  }
  return first ?? "unknown";
}
