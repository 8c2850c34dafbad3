import config from "../../deno.json" with { type: "json" };
import type { BegunLedger } from "../../evidence/read_ledger.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import {
  specOnRecord,
  toolsOnRecord,
} from "../../evidence/replay/spec_on_record.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { RunFinished } from "../../runtime/record/event.ts";
import { DivergenceError } from "../../runtime/rerun/divergence.ts";
import { recordedSession } from "../../runtime/rerun/recorded_session.ts";
import { rerun } from "../../runtime/rerun/rerun.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { stopwatch } from "../machine/provenance.ts";
import { realEnv } from "../machine/world.ts";

/** What the end of a session says whose process did not close it. */
const PROCESS_ENDED = "its process ended before it was closed";

/**
 * Ends the record of a client's session that broke off. Nothing runs: a call whose
 * receipt is on record keeps it, one that waits for a person is rejected, and an
 * intent without a receipt gets one that says that its outcome is unknown.
 *
 * @throws {InputError} when its process still runs, the record cannot be written, or
 *   this program does not come to it again
 */
export async function closedSession(
  record: RunRecord,
  ledger: BegunLedger,
): Promise<RunFinished> {
  const { started, events } = ledger;
  const { signal } = new AbortController();
  const again = rerun(events, {
    env: (start) => realEnv(start, { signal, resolve: unreachable }),
    signal,
  });
  const toolOf = toolsOnRecord(started, again);
  const spec = again.spec(specOnRecord(started, toolOf));
  const session = recordedSession(spec, again.env, {
    toolOf,
    reason: PROCESS_ENDED,
  });
  await using sink = await record.goOn(ledger);
  try {
    return await recordRun(again.follow(session), sink, {
      programVersion: config.version,
      volatile: stopwatch(),
    });
  } catch (cause) {
    if (!(cause instanceof DivergenceError)) throw cause;
    throw unusable(
      record.place("state.jsonl"),
      "the session does not reach this event again, so it cannot be ended; take the program of that time",
      { line: cause.divergence.seq + 1, cause },
    );
  }
}

function unreachable(): Promise<undefined> {
  return Promise.reject(new Error("Nothing is looked up for a closed session"));
}
