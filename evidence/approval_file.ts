import { z } from "../deps.ts";

/** The name of the file in which answers of persons wait for the run to go on. */
export const APPROVALS = "approvals.jsonl";

/** What a person answered, as a line of `approvals.jsonl`. */
export interface WrittenApproval {
  readonly v: 1;
  /** When: RFC 3339, in UTC. */
  readonly timestamp: string;
  /** The one decision that it answers; see `approvalBinding`. */
  readonly bound_to: string;
  readonly approver: string;
  /** Whatever is not `approved` is a rejection. */
  readonly verdict: string;
}

const line: z.ZodMiniType<WrittenApproval> = z.strictObject({
  v: z.literal(1),
  timestamp: z.iso.datetime(),
  bound_to: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  approver: z.string().check(z.minLength(1)),
  verdict: z.string(),
});

/**
 * Finds the answer to a decision: the last one that was written down and has not
 * expired at `now`, in milliseconds since the epoch. A line that cannot be read
 * is no answer.
 */
export function findApproval(
  text: string,
  { bound_to, now, expires_seconds }: {
    readonly bound_to: string;
    readonly now: number;
    readonly expires_seconds: number;
  },
): WrittenApproval | undefined {
  return text.split("\n").flatMap(readLine).findLast((each) => {
    const age = now - Date.parse(each.timestamp);
    return each.bound_to === bound_to && age >= 0 &&
      age <= expires_seconds * 1000;
  });
}

function readLine(text: string): readonly WrittenApproval[] {
  try {
    return [line.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
