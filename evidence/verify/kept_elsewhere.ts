import type { RunStarted } from "../../runtime/record/event.ts";
import type { ReadLine, ReportLine } from "./ledger_reader.ts";

/** Values kept elsewhere that the record must match; hashes are 64 hex digits. */
export interface KeptElsewhere {
  /** Hash of the ledger's last line. */
  readonly head?: string | undefined;
  /** SHA-256 of the policy's text. */
  readonly policySha256?: string | undefined;
  /** SHA-256 of the task's text. */
  readonly taskSha256?: string | undefined;
  /** SHA-256 of the script that the model follows, if it follows one. */
  readonly scriptSha256?: string | undefined;
  /** Hash of the snapshot of the documents. */
  readonly corpusSha256?: string | undefined;
}

/** Looks for the kept hash of the last line. */
export function headCheck(kept: string | undefined) {
  let at: number | undefined;
  let last: ReadLine | undefined;
  return {
    push(read: ReadLine): void {
      last = read;
      if (read.hash === kept) at = read.line;
    },
    /** Reports when it is not the hash of the last line. */
    end(report: ReportLine): void {
      if (kept === undefined || last === undefined || at === last.line) return;
      const message = at === undefined
        ? `no line has the hash that was kept, ${kept}: the end is missing, or the ledger is another one`
        : `the hash that was kept is that of line ${at}; lines were added after it`;
      report("wrong_head", { line: last.line, message });
    },
  };
}

/** Checks the recorded inputs of a run against those that were kept. */
export function checkInputs(
  { policy, task, llm, corpus }: RunStarted,
  kept: KeptElsewhere,
  report: (
    code: "other_policy" | "other_task" | "other_script" | "other_corpus",
    message: string,
  ) => void,
): void {
  const inputs = [
    {
      code: "other_policy",
      what: "the text of the policy",
      recorded: policy.sha256,
      kept: kept.policySha256,
    },
    {
      code: "other_task",
      what: "the text of the task",
      recorded: task.sha256,
      kept: kept.taskSha256,
    },
    {
      code: "other_script",
      what: "the model's script",
      recorded: llm.script_sha256,
      // Only a scripted model follows a script.
      kept: llm.execution_path === "stub" ? kept.scriptSha256 : undefined,
    },
    {
      code: "other_corpus",
      what: "the snapshot of the documents",
      recorded: corpus.sha256,
      kept: kept.corpusSha256,
    },
  ] as const;
  for (const { code, what, recorded, kept } of inputs) {
    if (kept === undefined || kept === recorded) continue;
    report(
      code,
      `${what} has ${recorded ?? "no hash"} on record; given is ${kept}`,
    );
  }
}
