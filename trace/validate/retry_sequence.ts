import type { Findings } from "./findings.ts";
import type { Span } from "./otlp_shape.ts";
import { attributePath, intOf, stringOf } from "./span_attributes.ts";
import type { SpanTree } from "./span_tree.ts";

const ATTEMPT = "agent.retry.attempt";
const OUTCOME = "agent.retry.outcome";
const FINAL_OUTCOMES = [
  "success",
  "exhausted",
  "non_retryable",
  "permission_denied",
];

/** Orders attempts by time; the number decides between equal times. */
function compareAttempts(a: Span, b: Span): number {
  const pairs = [
    [a.start, b.start],
    [a.end, b.end],
    [intOf(a, ATTEMPT) ?? 0n, intOf(b, ATTEMPT) ?? 0n],
  ] as const;
  const [left, right] = pairs.find(([x, y]) => x !== y) ?? [0n, 0n];
  return left < right ? -1 : left > right ? 1 : 0;
}

function attemptsByParent(
  spans: readonly Span[],
  parents: SpanTree["parents"],
): ReadonlyMap<Span, readonly Span[]> {
  const attempts = new Map<Span, Span[]>();
  for (const span of spans) {
    const parent = parents.get(span);
    if (span.name !== "retry_attempt" || !parent) continue;
    const siblings = attempts.get(parent) ?? [];
    siblings.push(span);
    attempts.set(parent, siblings);
  }
  return attempts;
}

/**
 * The attempts of a model in rounds: after every allowed attempt has failed and
 * the run is resumed, they count from 1 again.
 */
function roundsOf(
  attempts: readonly Span[],
  parent: Span,
): readonly (readonly Span[])[] {
  if (parent.name !== "llm_call") return [attempts];
  const rounds: Span[][] = [[]];
  for (const [position, span] of attempts.entries()) {
    const before = attempts[position - 1];
    const begins = before !== undefined && intOf(span, ATTEMPT) === 1n &&
      stringOf(before, OUTCOME) === "exhausted";
    if (begins) rounds.push([]);
    rounds.at(-1)?.push(span);
  }
  return rounds;
}

function checkNumbers(attempts: readonly Span[], findings: Findings): void {
  for (const [position, span] of attempts.entries()) {
    const number = intOf(span, ATTEMPT);
    if (number === undefined || number === BigInt(position + 1)) continue;
    findings.add("retry_attempt_number", {
      path: attributePath(span, ATTEMPT),
      message: `Is attempt ${number}, must be ${position + 1}`,
    });
    return;
  }
}

function checkOutcomes(attempts: readonly Span[], findings: Findings): void {
  const paths = attempts
    .slice(0, -1)
    .filter((span) => FINAL_OUTCOMES.includes(stringOf(span, OUTCOME) ?? ""))
    .map((span) => attributePath(span, OUTCOME));
  const message = "Must be transient_failure: another attempt followed";
  findings.addOnce("retry_outcome_order", { paths, message });
}

/** Checks the attempts under each parent: numbers and outcomes in time order. */
export function checkRetries(
  spans: readonly Span[],
  { parents, findings }: {
    readonly parents: SpanTree["parents"];
    readonly findings: Findings;
  },
): void {
  for (const [parent, siblings] of attemptsByParent(spans, parents)) {
    const attempts = siblings.toSorted(compareAttempts);
    for (const round of roundsOf(attempts, parent)) {
      checkNumbers(round, findings);
      checkOutcomes(round, findings);
    }
  }
}
