import type { HostileCase, OutcomeKind } from "./cases.ts";

/** What became of a case. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** The rule that a denial names; `null` for every other outcome. */
  readonly rule: string | null;
  /** What a denial or an error says. */
  readonly said: string;
  /** How many times something ran that should run only when all is allowed. */
  readonly ran: number;
  /** What else went wrong: a secret that was read, a file that was changed. */
  readonly leaks: readonly string[];
}

/** Makes an outcome in which nothing ran and nothing leaked. */
export function stopped(
  kind: Exclude<OutcomeKind, "allow">,
  { rule = null, said }: {
    readonly rule?: string | null;
    readonly said: string;
  },
): Outcome {
  return { kind, rule, said, ran: 0, leaks: [] };
}

/** Lists what is wrong with an outcome; empty when it is as the case expects. */
export function faultsOf(
  { expected, context, rule_id }: HostileCase,
  { kind, rule, said, ran, leaks }: Outcome,
): readonly string[] {
  const faults = [...leaks];
  const accepted = [expected, ...context.also_ok ?? []];
  if (!accepted.includes(kind)) {
    faults.push(`expected ${accepted.join(" or ")}, found ${kind}: ${said}`);
  }
  const [wanted] = rule_id.split(".");
  if (kind === "deny" && rule !== wanted) {
    faults.push(`expected a denial by ${wanted}, found ${rule}: ${said}`);
  }
  if (kind === "allow" && ran === 0) {
    faults.push("it was allowed and did not run");
  }
  if (kind !== "allow" && ran > 0) faults.push("it was refused and ran");
  const { max_reason_bytes = Infinity } = context;
  if (new TextEncoder().encode(said).length > max_reason_bytes) {
    faults.push(`the answer has more than ${max_reason_bytes} bytes`);
  }
  return faults;
}
