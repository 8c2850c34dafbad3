import type { RunEvent } from "../../runtime/record/event.ts";
import { agentLoop } from "../../runtime/loop.ts";
import {
  type Divergence,
  DivergenceError,
} from "../../runtime/rerun/divergence.ts";
import { recordedSession } from "../../runtime/rerun/recorded_session.ts";
import { rerun } from "../../runtime/rerun/rerun.ts";
import { specOnRecord, toolsOnRecord } from "./spec_on_record.ts";

/**
 * Executes the loop, or a client's session, again with all of its inputs taken
 * from the record, like a strict cassette, and compares each event. Returns the first difference; an
 * extra or a missing event counts as one. A record that broke off is compared up
 * to its end. Nothing is run, fetched, read or asked.
 *
 * @throws {InputError} when the policy on record cannot be read
 * @throws {RangeError} when the record does not begin like a run
 */
export async function replay(
  recorded: readonly RunEvent[],
): Promise<Divergence | undefined> {
  const [started] = recorded;
  if (started?.type !== "run_started") {
    throw new RangeError(
      "Cannot replay a record that does not begin with run_started",
    );
  }
  const again = rerun(recorded);
  const toolOf = toolsOnRecord(started, again);
  const spec = again.spec(specOnRecord(started, toolOf));
  try {
    const events = again.follow(
      started.llm.execution_path === "client"
        ? recordedSession(spec, again.env, { toolOf })
        : agentLoop(spec, again.env),
    );
    for await (const event of events) void event;
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const { divergence } = error;
    const brokeOff = recorded.at(-1)?.type !== "run_finished" &&
      divergence.seq === recorded.length;
    return brokeOff ? undefined : divergence;
  }
}
