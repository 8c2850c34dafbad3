import { join } from "../../deps.ts";
import { promised } from "../../tools/data/promised.ts";
import type { RunRecord, RunStore } from "../run_store.ts";
import { answerFile } from "./answer_file.ts";
import { writeAttestation } from "./attestation_file.ts";
import { exists } from "./exists.ts";
import { cannotWrite } from "./file_error.ts";
import { followedLedger } from "./followed_ledger.ts";
import { appendIncident } from "./incident_file.ts";
import { resumedRun } from "./resumed_run.ts";
import { runDirectories } from "./run_directories.ts";
import { runDirectory } from "./run_directory.ts";
import { checkDirectory, checkRunFiles } from "./run_places.ts";
import { readRunText, runTextIfThere } from "./run_text.ts";
import { storedLedger } from "./stored_ledger.ts";
import { storedRun } from "./stored_run.ts";

/** The time now. */
export type Now = () => Date;

/**
 * Keeps each run in a directory, whose path is its name. It opens only regular
 * files with one name. This module is one of the few that touch the disk;
 * incidents and answers get the time of `now`.
 */
export function directoryStore({ now }: { readonly now: Now }): RunStore {
  return {
    run: (name) => directoryRun(name, now),
    runsBelow: (folder, passedOver) =>
      promised(() => runDirectories(folder, passedOver)),
  };
}

function directoryRun(path: string, now: Now): RunRecord {
  const place: RunRecord["place"] = (file) => join(path, file);
  const sandbox = join(path, "sandbox");
  const addIncident: RunRecord["addIncident"] = (incident) =>
    appendIncident(place("incidents.jsonl"), incident, now());
  return {
    name: path,
    place,
    sandbox,
    ledger: () => promised(() => storedLedger(place("state.jsonl"))),
    follow: () => followedLedger(place("state.jsonl")),
    has: (file) => promised(() => exists(place(file))),
    text: (file) => promised(() => readRunText(place(file))),
    textIfThere: (file) => promised(() => runTextIfThere(place(file))),
    source: () => Promise.resolve(storedRun(path)),
    begin: () => promised(() => begunRun(path, sandbox)),
    checkFiles: () => promised(() => checkRunFiles(path)),
    checkSandbox: (folder = "") =>
      promised(() => checkDirectory(join(sandbox, folder))),
    goOn: (ledger) => promised(() => resumedRun(path, ledger, addIncident)),
    addIncident,
    addAnswer: answerFile(place("approvals.jsonl"), now),
    addAttestation: (text) =>
      promised(() => writeAttestation(place("attestation.json"), text)),
  };
}

function begunRun(path: string, sandbox: string) {
  try {
    Deno.mkdirSync(sandbox, { recursive: true });
  } catch (cause) {
    throw cannotWrite("the run there", path, cause);
  }
  return runDirectory(path);
}
