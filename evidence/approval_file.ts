import { z } from "../deps.ts";
import { approverNameFault } from "../runtime/approver_name.ts";

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

const schema: z.ZodMiniType<WrittenApproval> = z.strictObject({
  v: z.literal(1),
  timestamp: z.iso.datetime(),
  bound_to: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  approver: z.string().check(
    z.refine((name) => approverNameFault(name) === undefined),
  ),
  verdict: z.string(),
});

/** A line of the file that could have been an answer to a decision, and is none. */
export type PassedOver =
  & {
    /** Line of the file, from 1. */
    readonly line: number;
  }
  & (
    | {
      /** It does not count any more, or not yet. */
      readonly why: "expired" | "future";
      readonly approval: WrittenApproval;
    }
    | {
      /** Nobody knows what it answers. */
      readonly why: "unreadable";
    }
  );

/** What a file says of one decision. */
export interface FoundApproval {
  /** The answer that counts; `undefined` when there is none. */
  readonly approval: WrittenApproval | undefined;
  /** What was passed over, in the order of the lines. */
  readonly passedOver: readonly PassedOver[];
}

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
): FoundApproval {
  const passedOver: PassedOver[] = [];
  let found: WrittenApproval | undefined;
  for (const [index, each] of text.split("\n").entries()) {
    if (each === "") continue;
    const line = index + 1;
    const approval = readLine(each);
    if (approval === undefined) {
      passedOver.push({ line, why: "unreadable" });
      continue;
    }
    if (approval.bound_to !== bound_to) continue;
    const age = now - Date.parse(approval.timestamp);
    if (age >= 0 && age <= expires_seconds * 1000) found = approval;
    else {
      const why = age > 0 ? "expired" : "future";
      passedOver.push({ line, why, approval });
    }
  }
  return { approval: found, passedOver };
}

function readLine(text: string): WrittenApproval | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
