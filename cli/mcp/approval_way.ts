/** Who answers what the policy leaves to a person. */
export const APPROVAL_WAYS = ["never", "file", "client"] as const;

/**
 * One of them: `never` rejects, `file` waits for an answer beside the record, `client`
 * has the client ask its user.
 */
export type ApprovalWay = typeof APPROVAL_WAYS[number];
