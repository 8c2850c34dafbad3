import {
  verdictOf,
  type WrittenApproval,
} from "../../evidence/approval/approval_file.ts";

/** Says that a question was answered, and how its run goes on. */
export function answeredLine(given: WrittenApproval, next: string): string {
  return `it was ${verdictOf(given)} by ${given.approver}; ${next}`;
}
