import { z } from "../../deps.ts";
import { personNameFault } from "../../runtime/approval/approver_name.ts";

/** The name of the file in which answers of persons wait until the run is resumed. */
export const APPROVALS = "approvals.jsonl";

/** How long an answer counts when the policy does not say, in seconds. */
export const DEFAULT_EXPIRES_SECONDS = 86_400;

/** What a person answered, as a line of `approvals.jsonl`. */
export interface WrittenApproval {
  /** Version of the form. */
  readonly v: 1;
  /** When: RFC 3339, in UTC. */
  readonly timestamp: string;
  /** The one decision that it answers; see `approvalBinding`. */
  readonly bound_to: string;
  /** Who answered. */
  readonly approver: string;
  /** Any other word than `approved` is a rejection. */
  readonly verdict: string;
}

const schema: z.ZodMiniType<WrittenApproval> = z.strictObject({
  v: z.literal(1),
  timestamp: z.iso.datetime(),
  bound_to: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  approver: z.string().check(
    z.refine((name) => personNameFault(name) === undefined),
  ),
  verdict: z.string(),
});

/** A line of the file that could have answered a decision but does not count. */
export type PassedOver =
  & {
    /** Line of the file, from 1. */
    readonly line: number;
  }
  & (
    | {
      /** It does not count any more, or does not count yet. */
      readonly why: "expired" | "future";
      readonly approval: WrittenApproval;
    }
    | {
      /** There was an answer before it. */
      readonly why: "answered";
      readonly approval: WrittenApproval;
      readonly before: WrittenApproval;
    }
    | {
      /** It is unknown what it answers. */
      readonly why: "unreadable";
    }
  );

/** What a file says of one decision. */
export interface FoundApproval {
  /** The answer that counts; `undefined` when none does. */
  readonly approval: WrittenApproval | undefined;
  /** Lines that were passed over, in their order. */
  readonly passedOver: readonly PassedOver[];
}

/** A line of the file. */
export interface AnswerLine {
  /** Number of the line, from 1. */
  readonly line: number;
  /** What it says; `undefined` when it cannot be read. */
  readonly approval: WrittenApproval | undefined;
}

/** Reads the lines of an `approvals.jsonl` that are not empty. */
export function answerLines(text: string): readonly AnswerLine[] {
  return text.split("\n").flatMap((each, index) =>
    each === "" ? [] : [{ line: index + 1, approval: readLine(each) }]
  );
}

/**
 * Finds the answer to a decision: the first one that was written down and has
 * not expired at `now`, in milliseconds since the epoch. An answer that was
 * written while an earlier one counted never counts. A line that cannot be read
 * is not an answer.
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
  /** The answer that counted last, or still does. */
  let standing: WrittenApproval | undefined;
  for (const { line, approval } of answerLines(text)) {
    if (approval === undefined) {
      passedOver.push({ line, why: "unreadable" });
      continue;
    }
    if (approval.bound_to !== bound_to) continue;
    const age = now - Date.parse(approval.timestamp);
    const before = found ??
      (isCoveredBy(approval, standing, expires_seconds) ? standing : undefined);
    if (age < 0) passedOver.push({ line, why: "future", approval });
    else if (age > expires_seconds * 1000) {
      passedOver.push({ line, why: "expired", approval });
      if (before === undefined) standing = approval;
    } else if (before !== undefined) {
      passedOver.push({ line, why: "answered", approval, before });
    } else found = standing = approval;
  }
  return { approval: found, passedOver };
}

/**
 * The answers that can have counted, by decision: the first one, and each one
 * that was written when the earlier ones had expired or did not count yet.
 */
export function countingAnswers(
  lines: readonly AnswerLine[],
  expires_seconds: number,
): ReadonlyMap<string, readonly AnswerLine[]> {
  const answers = new Map<string, readonly AnswerLine[]>();
  for (const each of lines) {
    const { approval } = each;
    if (approval === undefined) continue;
    const before = answers.get(approval.bound_to) ?? [];
    const isCovered = before.some((other) =>
      isCoveredBy(approval, other.approval, expires_seconds)
    );
    if (!isCovered) answers.set(approval.bound_to, [...before, each]);
  }
  return answers;
}

/** Whether an answer was written while another one counted. */
function isCoveredBy(
  { timestamp }: WrittenApproval,
  other: WrittenApproval | undefined,
  expiresSeconds: number,
): boolean {
  if (other === undefined) return false;
  const later = Date.parse(timestamp) - Date.parse(other.timestamp);
  return later >= 0 && later <= expiresSeconds * 1000;
}

/** How an answer counts: an unknown word is a rejection. */
export function verdictOf(
  { verdict }: WrittenApproval,
): "approved" | "rejected" {
  return verdict === "approved" ? verdict : "rejected";
}

function readLine(text: string): WrittenApproval | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
