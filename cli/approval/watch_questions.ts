import type { RunRecord } from "../../evidence/run_store.ts";
import { type Approver, PENDING } from "../../runtime/approval/approval.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { type Question, questionsOf } from "./open_questions.ts";
import { answeredLine } from "./answered_line.ts";
import type { Terminal } from "./terminal_approver.ts";
import { answer, writtenApproval } from "./written_approval.ts";

/** What watches, and for how long. */
export interface Watching {
  /** The runs that there are now. */
  readonly runs: () => Promise<readonly RunRecord[]>;
  /** Shows and asks. */
  readonly terminal: Pick<Terminal, "note">;
  readonly approver: Approver;
  /** Says how the run of a question goes on once it has an answer. */
  readonly next: (question: Question) => string;
  /** Waits before it looks again. */
  readonly rest: (signal: AbortSignal) => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Waits for questions of runs, shows each one that has no answer, and keeps what is
 * answered, until the input of the person ends or `signal` aborts. A run that cannot
 * be read is reported once and does not keep the others from being looked at.
 */
export async function watchQuestions(
  { runs, terminal, approver, next, rest, signal }: Watching,
): Promise<void> {
  const reported = new Set<string>();

  /** Whether there is still somebody to ask. */
  async function ask(question: Question): Promise<boolean> {
    const { request, place, run } = question;
    const { bound_to } = request;
    if ((await writtenApproval(place, bound_to)).approval !== undefined) {
      return true;
    }
    terminal.note(`${terminalLine(run.name)}:`);
    const given = await approver(request, signal);
    if (given === PENDING) return false;
    const before = await answer(place, { bound_to, ...given });
    terminal.note(
      before === undefined
        ? next(question)
        : `your answer does not count: ${answeredLine(before, next(question))}`,
    );
    return true;
  }

  while (!signal.aborted) {
    for (const run of await runs()) {
      try {
        for (const question of await questionsOf(run)) {
          if (signal.aborted || !await ask(question)) return;
        }
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        if (!reported.has(error.message)) terminal.note(error.message);
        reported.add(error.message);
      }
    }
    await rest(signal).catch(() => {});
  }
}
