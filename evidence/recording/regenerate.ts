import { parseLedgerLine } from "../../runtime/record/ledger_line.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { type Artifacts, memorySink } from "../artifacts.ts";
import type { Volatile } from "./manifest.ts";
import { recordRun } from "./record_run.ts";

/**
 * Makes every artifact again from the text of a ledger, and the ledger itself
 * from its events. The result equals the content of a sound run directory, apart
 * from the manifest's volatile values. `programVersion` goes into the manifest
 * of a record that does not state one.
 *
 * It checks no hash and ignores a last line without a newline: a changed ledger
 * shows when it is compared with the result.
 *
 * @throws {SyntaxError | TypeError | RangeError} when the text is not a complete ledger
 */
export async function regenerate(
  ledger: string,
  programVersion = "0.0.0",
): Promise<Artifacts> {
  const sink = memorySink();
  await recordRun(eventsOf(ledger), sink, {
    programVersion,
    volatile: () => NOTHING_VOLATILE,
  });
  return sink.artifacts;
}

const NOTHING_VOLATILE: Volatile = {
  timestamp: "1970-01-01T00:00:00.000Z",
  wall_clock_seconds: 0,
  git_sha: null,
};

async function* eventsOf(ledger: string): AsyncGenerator<RunEvent> {
  for (const text of ledger.split("\n").slice(0, -1)) {
    const { prev: _prev, hash: _hash, ...event } = parseLedgerLine(text);
    yield event;
  }
}
