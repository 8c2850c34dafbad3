import { NOBODY } from "../policy/answer.ts";
import type { Approver } from "../runtime/approval.ts";
import { approverNameFault } from "../runtime/approver_name.ts";
import { escaped } from "../runtime/escaped.ts";
import { describeRequest } from "./describe_request.ts";

/** Where a person is asked. */
export interface Terminal {
  /** Asks for a line; `null` when there is none. */
  prompt(question: string): string | null;
  /** Asks for yes or no. */
  confirm(question: string): boolean;
  /** Shows something. */
  note(text: string): void;
}

/**
 * Asks at a terminal, in the name of `by`; without it, for a name first, once.
 * Who gives none that can be recorded approves nothing.
 */
export function terminalApprover(terminal: Terminal, by?: string): Approver {
  let asked: string | undefined = by;
  // deno-lint-ignore require-await
  return async (request) => {
    asked ??= askedName(terminal);
    if (asked === NOBODY) return { approver: NOBODY, verdict: "rejected" };
    terminal.note(describeRequest(request));
    const approved = terminal.confirm("Approve?");
    return { approver: asked, verdict: approved ? "approved" : "rejected" };
  };
}

function askedName({ prompt, note }: Terminal): string {
  const given = prompt(
    "A call is left to you, and it is recorded who answers. Your name:",
  ) ?? "";
  const fault = approverNameFault(given);
  if (fault === undefined) return given.trim();
  note(
    `Cannot use the name "${escaped(given)}": ${fault}; nothing is approved`,
  );
  return NOBODY;
}
