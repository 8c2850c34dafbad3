import type { RunRecord } from "../../evidence/run_store.ts";
import type { Policy } from "../../policy/document/load.ts";
import { type Approver, PENDING } from "../../runtime/approval/approval.ts";
import { fileApprover } from "../approval/approver.ts";
import type { Output } from "../command/command.ts";
import { wait } from "../machine/world.ts";

/** Who answers what the policy leaves to a person. */
export const APPROVAL_WAYS = ["never", "file"] as const;

/** One of them: `never` rejects, `file` waits for an answer beside the record. */
export type ApprovalWay = typeof APPROVAL_WAYS[number];

/** How often an answer is looked for, in milliseconds. */
const POLL_MS = 250;

/** Makes the approver of a session, which waits while other calls go on. */
export function sessionApprover(
  way: ApprovalWay,
  { policy, record, output }: {
    readonly policy: Policy;
    readonly record: RunRecord;
    readonly output: Output;
  },
): Approver | undefined {
  if (way === "never") return undefined;
  const ask = fileApprover({ policy, run: record, output });
  return async (request, signal) => {
    while (true) {
      const answer = await ask(request, signal);
      if (answer !== PENDING) return answer;
      await wait(POLL_MS, signal);
    }
  };
}
