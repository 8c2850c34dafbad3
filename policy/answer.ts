/** What came of asking a person about a call. */
export interface Answer {
  /** Who answered; `NOBODY` when nobody did. */
  readonly approver: string;
  readonly verdict: "approved" | "rejected";
}

/** Stands where an approver is named, and says that nobody answered. */
export const NOBODY = "none";

/** Why a call is denied that was asked about for `reason`, and rejected. */
export function rejection({ approver }: Answer, reason: string): string {
  return approver === NOBODY
    ? `nobody approved it: ${reason}`
    : `rejected by ${approver}: ${reason}`;
}
