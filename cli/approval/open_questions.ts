import { pendingApprovals } from "../../evidence/approval/pending_approval.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import type { ApprovalRequest } from "../../runtime/approval/approval.ts";
import type { RunStarted } from "../../runtime/record/event.ts";
import { unusable } from "../../tools/data/input_error.ts";
import type { ApprovalPlace } from "./written_approval.ts";

/** What a run asks a person. */
export interface Question {
  readonly run: RunRecord;
  readonly request: ApprovalRequest;
  /** Where its answer belongs. */
  readonly place: ApprovalPlace;
  /** How the run began. */
  readonly started: RunStarted;
}

/** How many digits of a question's hash name it for people. */
const SHORT = 12;

/** The name of a question, for people: the first digits of what an answer is bound to. */
export function questionName({ request }: Question): string {
  return request.bound_to.slice(0, SHORT);
}

/**
 * Everything that an unfinished run asks, in its order, answered or not. A person must
 * see what the policy really asks, so the record is verified first.
 *
 * @throws {InputError} when the record cannot be read or does not verify
 */
export async function questionsOf(
  run: RunRecord,
): Promise<readonly Question[]> {
  if (await run.has("manifest.json")) return [];
  const ledger = await run.ledger();
  const requests = pendingApprovals(ledger);
  if (requests.length === 0) return [];
  await refuseForged(run);
  const { started } = ledger;
  const policy = loadPolicy(started.policy.text, "the policy on record");
  return requests.map((request) => ({
    run,
    request,
    place: { policy, run },
    started,
  }));
}

async function refuseForged(run: RunRecord): Promise<void> {
  const { findings } = verifyRun(await run.source());
  const found = findings.find(({ artifact }) => artifact === "state.jsonl");
  if (found === undefined) return;
  const { line, code, message } = found;
  throw unusable(
    run.place("state.jsonl"),
    `${code}: ${message}; do not answer on this record`,
    { line },
  );
}
