import type { AskedClause } from "./rule.ts";

/** What came of asking a person about a call. */
export interface Answer {
  /** Who answered; `NOBODY` when nobody did. */
  readonly approver: string;
  readonly verdict: "approved" | "rejected";
  /** What the person was asked about: an approval lifts these and no other. */
  readonly asked: readonly AskedClause[];
}

/** Stands where an approver is named, and says that nobody answered. */
export const NOBODY = "none";

/** Why a call is denied that was asked about for `reason`, and rejected by `approver`. */
export function rejection(
  { approver }: { readonly approver: string },
  reason: string,
): string {
  return approver === NOBODY
    ? `nobody approved it: ${reason}`
    : `rejected by ${approver}: ${reason}`;
}
