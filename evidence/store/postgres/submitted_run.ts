import type { Document } from "../../../tools/document.ts";
import { unusable } from "../../../tools/data/input_error.ts";
import type { Session } from "./database.ts";
import { isRunName, RUN_NAME_RULE } from "./run_name.ts";
import { keepCorpus } from "./stored_corpus.ts";

/** A run that workers are to execute. */
export interface SubmittedRun {
  readonly runId: string;
  readonly tenant: string;
  /** Higher ones are executed first. */
  readonly priority: number;
  /** The earliest moment; `undefined` for now. */
  readonly notBefore: Date | undefined;
  readonly taskText: string;
  readonly policyText: string;
  readonly policySha256: string;
  /** The model, as `--llm` names it; `undefined` for the script of the task. */
  readonly llm: string | undefined;
  /** The name under which workers have a module of tools. */
  readonly tools: string | undefined;
  readonly documents: readonly Document[];
}

/**
 * Adds a run.
 *
 * @throws {InputError} when its name is none, or taken
 */
export async function submitRun(
  session: Session,
  run: SubmittedRun,
): Promise<void> {
  if (!isRunName(run.runId)) throw unusable(run.runId, RUN_NAME_RULE);
  const corpus = run.documents.length === 0
    ? null
    : await keepCorpus(session, run.documents);
  const added = await session.query(
    `insert into fleet.run (run_id, tenant, priority, not_before, task_text,
       policy_text, policy_sha256, llm, tools, corpus_sha256)
     values ($1, $2, $3, coalesce($4, now()), $5, $6, $7, $8, $9, $10)
     on conflict do nothing returning run_id`,
    [
      run.runId,
      run.tenant,
      run.priority,
      run.notBefore?.toISOString() ?? null,
      run.taskText,
      run.policyText,
      run.policySha256,
      run.llm ?? null,
      run.tools ?? null,
      corpus,
    ],
  );
  if (added.length > 0) return;
  throw unusable(
    run.runId,
    "there is such a run already; name this one with --id",
  );
}
