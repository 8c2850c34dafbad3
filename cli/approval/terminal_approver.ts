import {
  type ApprovalAnswer,
  type Approver,
  PENDING,
} from "../../runtime/approval/approval.ts";
import { personNameFault } from "../../runtime/approval/approver_name.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { describeRequest } from "./describe_request.ts";

/** Where a person is asked. */
export interface Terminal {
  /**
   * Asks for a line; `null` when the input has ended or `signal` has aborted.
   */
  ask(question: string, signal: AbortSignal): Promise<string | null>;
  /** Shows something, on lines of its own. */
  note(text: string): void;
}

/**
 * Asks at a terminal, in the name of `by`; without it, asks for a name once,
 * after the first request. `y` and `yes` approve, and any other line rejects.
 * Without a line there is no answer.
 */
export function terminalApprover(terminal: Terminal, by?: string): Approver {
  let name = by;
  return async (request, signal) => {
    terminal.note(describeRequest(request));
    name ??= await askedName(terminal, signal);
    if (name === undefined) return PENDING;
    const line = await lineFor("Approve? [y/N] ", terminal, signal);
    if (line === undefined) return PENDING;
    const verdict = verdictOf(line);
    terminal.note(`${verdict} by ${name}`);
    return { approver: name, verdict };
  };
}

function verdictOf(line: string): ApprovalAnswer["verdict"] {
  return /^\s*y(es)?\s*$/i.test(line) ? "approved" : "rejected";
}

/** Asks until a name can be recorded; `undefined` when none comes. */
async function askedName(
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const given = await lineFor(
      "It is recorded who answers. Your name: ",
      terminal,
      signal,
    );
    if (given === undefined) return undefined;
    const fault = personNameFault(given);
    if (fault === undefined) return given.trim();
    terminal.note(`Cannot use the name "${terminalLine(given)}": ${fault}`);
  }
}

/** Asks for a line. A closed terminal gives no answer, like one whose input has ended. */
async function lineFor(
  question: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string | undefined> {
  const line = await terminal.ask(question, signal).catch(() => null);
  // The next output starts on a new line after the question.
  if (line === null) terminal.note("");
  return line ?? undefined;
}
