import { fileApprover as fileApproverOf } from "../cli/approval/approver.ts";
import { processTerminal } from "../cli/approval/terminal.ts";
import { terminalApprover as terminalApproverOf } from "../cli/approval/terminal_approver.ts";
import type { Policy } from "../policy/document/load.ts";
import type { Approver } from "../runtime/approval/approval.ts";
import { runStore } from "../cli/machine/run_store.ts";
import { STANDARD_ERROR } from "./standard_error.ts";

/**
 * Asks at the terminal of this process, on standard error, in the name of `by`.
 * Without a name it asks for one. The end of input (Ctrl-D) is no answer: the
 * run waits.
 */
export function terminalApprover(by?: string): Approver {
  return terminalApproverOf(processTerminal(STANDARD_ERROR), by);
}

/**
 * Looks for an answer beside the record in the folder `out`, where the command
 * `approvals approve|reject` writes it. Without one it says what is asked, on
 * standard error, and the run waits.
 */
export function fileApprover(out: string, policy: Policy): Approver {
  const run = runStore.run(out);
  return fileApproverOf({ run, policy, output: STANDARD_ERROR });
}
