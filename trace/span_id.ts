import { sha256Text } from "../tools/data/sha256.ts";
import type { EventHead, RunStarted } from "../runtime/record/event.ts";

/** The ids of a run's trace and of its spans. */
export interface SpanIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** The id of the span that a ledger line gives its name to, 16 hex digits. */
  spanId(line: Pick<EventHead, "seq">): string;
}

/** Derives all ids of a run from its id and seed, and from the numbers of its lines. */
export function spanIds(
  { run_id, seed }: Pick<RunStarted, "run_id" | "seed">,
): SpanIds {
  const digest = sha256Text(`${run_id}:${seed}`);
  const prefix = digest.slice(32, 40);
  return {
    traceId: digest.slice(0, 32),
    spanId: ({ seq }) => prefix + seq.toString(16).padStart(8, "0"),
  };
}
