import type { RunEvent } from "../../runtime/record/event.ts";
import { ATTEMPT_OUTCOMES } from "../../runtime/record/vocabulary.ts";
import { tokensOf } from "../../runtime/record/usage.ts";
import type { ValueDifference } from "../../tools/data/value_difference.ts";
import { eventDifference } from "./event_difference.ts";

/** The first event in which two runs differ. */
export interface FirstDifference extends ValueDifference {
  /** Number of the event in both runs. */
  readonly seq: number;
  /** What kind of event each has there; `undefined` where it has ended. */
  readonly types: readonly [string | undefined, string | undefined];
}

/**
 * The totals of a run by name; what does not occur is 0. `cost` is text, `unknown`
 * where an answer has no price, and missing where the policy limits no cost.
 */
export type RunNumbers = Readonly<Record<string, number | string>>;

/** How two runs differ. */
export interface RunDifference {
  /** Which inputs differ: `policy`, `task`, `llm`, `corpus`, `seed`, `tools`, `run_id`, `v`. */
  readonly inputs: readonly string[];
  /** `undefined` when both do the same. */
  readonly first: FirstDifference | undefined;
  /** Of each run. */
  readonly numbers: readonly [RunNumbers, RunNumbers];
}

/**
 * Compares two runs event by event. Inputs are compared separately. Values that
 * depend only on clock and run id are ignored: times, idempotency keys, the
 * bindings of approvals.
 */
export function runDifference(
  one: readonly RunEvent[],
  other: readonly RunEvent[],
): RunDifference {
  const numbers = [numbersOf(one), numbersOf(other)] as const;
  return {
    inputs: inputs(one[0], other[0]),
    first: first(one, other),
    numbers,
  };
}

/** Keys that differ whenever clock or run id differ. */
const CIRCUMSTANCES = new Set([
  "ts",
  "started_at",
  "idempotency_key",
  "bound_to",
]);

function first(
  one: readonly RunEvent[],
  other: readonly RunEvent[],
): FirstDifference | undefined {
  for (let seq = 1; seq < Math.max(one.length, other.length); seq++) {
    const [mine, yours] = [one[seq], other[seq]];
    const difference = eventDifference(mine, yours, CIRCUMSTANCES);
    if (difference === undefined) continue;
    return { seq, types: [mine?.type, yours?.type], ...difference };
  }
}

function inputs(
  one: RunEvent | undefined,
  other: RunEvent | undefined,
): readonly string[] {
  const keys = new Set([
    ...Object.keys(one ?? {}),
    ...Object.keys(other ?? {}),
  ]);
  return [...keys].filter((key) =>
    !CIRCUMSTANCES.has(key) &&
    JSON.stringify(Reflect.get(one ?? {}, key)) !==
      JSON.stringify(Reflect.get(other ?? {}, key))
  );
}

function numbersOf(events: readonly RunEvent[]): RunNumbers {
  const numbers = new Map<string, number>(NAMES.map((name) => [name, 0]));
  let cost: string | null | undefined;
  const add = (name: string, count = 1) =>
    numbers.set(name, (numbers.get(name) ?? 0) + count);
  for (const event of events) {
    switch (event.type) {
      case "step_started":
        add("steps");
        break;
      case "llm_completed":
        add("model calls");
        add("tokens", tokensOf(event.usage ?? undefined));
        break;
      case "policy_checked":
        add(`decisions: ${event.decision}`);
        break;
      case "tool_started":
        add("tool calls");
        break;
      case "attempt_finished":
        add(`attempts: ${event.outcome}`);
        break;
      case "run_finished":
        cost = event.totals.cost;
        break;
    }
  }
  return {
    ...Object.fromEntries(numbers),
    ...cost !== undefined && { cost: cost ?? "unknown" },
  };
}

const NAMES = [
  "steps",
  "model calls",
  "tokens",
  "decisions: allow",
  "decisions: deny",
  "decisions: escalate",
  "tool calls",
  ...ATTEMPT_OUTCOMES.map((outcome) => `attempts: ${outcome}`),
];
