import { fileApprover as fileApproverOf } from "../cli/approval/approver.ts";
import { processTerminal } from "../cli/approval/terminal.ts";
import { terminalApprover as terminalApproverOf } from "../cli/approval/terminal_approver.ts";
import type { Policy } from "../policy/document/load.ts";
import { wait } from "../cli/machine/world.ts";
import { type Approver, PENDING } from "../runtime/approval/approval.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { runStore } from "../cli/machine/run_store.ts";
import { STANDARD_ERROR } from "./standard_error.ts";

/**
 * Asks at the terminal of this process, on standard error, in the name of `by`.
 * Without a name it asks for one. When input ends (Ctrl-D), the run waits for
 * an answer.
 */
export function terminalApprover(by?: string): Approver {
  return terminalApproverOf(processTerminal(STANDARD_ERROR), by);
}

/**
 * The approver that options name; `inFile` makes the one of `file`, and `isTerminal`
 * says whether somebody can be asked at standard input.
 *
 * @throws {RangeError} when there is no terminal to ask at
 */
export function chosenApprover(
  approver: "file" | "terminal" | "never" | Approver,
  { inFile, isTerminal }: {
    readonly inFile: () => Approver;
    readonly isTerminal: () => boolean;
  },
): Approver | undefined {
  switch (approver) {
    case "never":
      return undefined;
    case "file":
      return inFile();
    case "terminal":
      if (isTerminal()) return terminalApprover();
      throw new RangeError("Cannot ask at the terminal: there is none");
    default:
      return approver;
  }
}

/**
 * Asks as `fileApprover` does, and waits until the answer is there: for the calls of
 * a loop of one's own, which cannot stop and be resumed.
 */
export function waitingApprover(out: string, policy: Policy): Approver {
  const ask = fileApprover(out, policy);
  return async (request, signal) => {
    let answer = await ask(request, signal);
    if (answer === PENDING) {
      STANDARD_ERROR.note(
        `answer with: approvals approve|reject ${
          terminalLine(out)
        } --by NAME; the call waits`,
      );
    }
    while (answer === PENDING) {
      await wait(LOOK_AGAIN_MS, signal);
      answer = await ask(request, signal);
    }
    return answer;
  };
}

/** How often it is looked for an answer. */
const LOOK_AGAIN_MS = 200;

/**
 * Looks for an answer beside the record in the folder `out`, where the command
 * `approvals approve|reject` writes it. Without one it says what is asked, on
 * standard error, and the run waits.
 */
export function fileApprover(out: string, policy: Policy): Approver {
  const run = runStore.run(out);
  return fileApproverOf({ run, policy, output: STANDARD_ERROR });
}
