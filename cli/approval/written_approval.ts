import {
  APPROVALS,
  DEFAULT_EXPIRES_SECONDS,
  findApproval,
  type PassedOver,
  verdictOf,
  type WrittenApproval,
} from "../../evidence/approval/approval_file.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Policy } from "../../policy/document/load.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/** The answers to one decision that are beside the record. */
export interface Written {
  /** The answer that counts; `undefined` when none does. */
  readonly approval: WrittenApproval | undefined;
  /** One line for each answer that was passed over and why, for people. */
  readonly notes: readonly string[];
}

/** Where the answer is looked for, and the policy that limits its time. */
export interface ApprovalPlace {
  readonly policy: Policy;
  readonly run: RunRecord;
  /** The time by which answers count, in milliseconds since the epoch. Default: that of this machine. */
  readonly now?: (() => number) | undefined;
}

/** Looks beside the record of a run for the answer to a decision. */
export async function writtenApproval(
  place: ApprovalPlace,
  bound_to: string,
): Promise<Written> {
  const text = await place.run.textIfThere(APPROVALS) ?? "";
  return answerIn(text, { place, bound_to });
}

/** Looks for the answer to a decision in the text of `approvals.jsonl`. */
export function answerIn(
  text: string,
  { place: { policy, run, now = Date.now }, bound_to }: {
    readonly place: ApprovalPlace;
    readonly bound_to: string;
  },
): Written {
  const { expires_seconds = DEFAULT_EXPIRES_SECONDS } =
    policy.document.approval ?? {};
  const { approval, passedOver } = findApproval(text, {
    bound_to,
    now: now(),
    expires_seconds,
  });
  const path = run.place(APPROVALS);
  const notes = passedOver.map((each) =>
    `${terminalLine(path)}:${each.line}: ${
      whyPassedOver(each, expires_seconds)
    }`
  );
  return { approval, notes };
}

/**
 * Writes an answer, or returns an earlier one that counts.
 *
 * @throws {InputError} when it cannot be written
 */
export async function answer(
  place: ApprovalPlace,
  given: Pick<WrittenApproval, "bound_to" | "approver" | "verdict">,
): Promise<WrittenApproval | undefined> {
  const { bound_to } = given;
  return await place.run.addAnswer(
    given,
    (text) => answerIn(text, { place, bound_to }).approval,
  );
}

function whyPassedOver(each: PassedOver, expiresSeconds: number): string {
  if (each.why === "unreadable") {
    return "the line cannot be read, so it answers nothing";
  }
  const { timestamp } = each.approval;
  const what = `the ${named(each.approval)}`;
  switch (each.why) {
    case "answered":
      return `${what} does not count: answered already by ${each.before.approver}`;
    case "expired":
      return `${what} has expired; it counted for ${expiresSeconds} s`;
    case "future":
      return `${what} is from the future, ${timestamp}`;
  }
}

function named(approval: WrittenApproval): string {
  const what = verdictOf(approval) === "approved" ? "approval" : "rejection";
  return `${what} by ${approval.approver}`;
}
