import type { Truth } from "./conditions/truth.ts";

/** What a clause of the policy says of a call. */
export interface JudgedClause {
  /** Where it stands: `deny[2]`. */
  readonly place: string;
  /** Its own id, if it has one. */
  readonly id: string | undefined;
  /** What becomes of the call when the clause objects. */
  readonly effect: "deny" | "escalate";
  /** One sentence for people and for the model; holds no secret. */
  readonly reason: string;
  /** Whether its conditions hold, all together. Judged when it is first asked for. */
  truth(): Truth;
  /** Whether it objects to the call. */
  objects(): boolean;
  /** Its conditions, each with whether it holds. */
  conditions(): readonly JudgedCondition[];
}

/** A condition, and whether it holds. */
export interface JudgedCondition {
  readonly text: string;
  readonly truth: Truth;
}

/** The clauses of one rule that object to a call. */
export interface Objections<Clause> {
  /** The first that denies the call. */
  readonly denied: Clause | undefined;
  /** Those that leave it to a person; all of them, if none denies. */
  readonly asking: readonly Clause[];
}

/** Asks clauses in their order, until one denies. */
export function objectionsOf<Clause extends JudgedClause>(
  clauses: readonly Clause[],
): Objections<Clause> {
  const asking: Clause[] = [];
  for (const clause of clauses) {
    if (!clause.objects()) continue;
    if (clause.effect === "deny") return { denied: clause, asking };
    asking.push(clause);
  }
  return { denied: undefined, asking };
}
