import { join } from "../../deps.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import type { PassedOver } from "../run_store.ts";
import { unreadable } from "./file_error.ts";

/** A directory with one of these is a run: one that lost its ledger is not skipped. */
const MARKS: readonly string[] = ["state.jsonl", "trace.json", "run_report.md"];

/** Other files of a run: a folder with one of these looks like a run that lost the files above. */
const REMAINS: readonly string[] = [
  "manifest.json",
  "attestation.json",
  "approvals.jsonl",
  "incidents.jsonl",
];

/** The name that a canonical run has. */
const RUN_NAME = /^\d{4}-\d\d-\d\d_[0-9a-f]{8}_\d+$/;

/**
 * The run directories that a folder is or holds, sorted: those with a ledger, a
 * trace or a report. Folders inside a run directory belong to the run and are
 * not searched; links are not followed. An unreadable folder is returned like a
 * run, so that the caller can report it and continue.
 *
 * @throws {InputError} when there is no run
 */
export function runDirectories(
  folder: string,
  passedOver: PassedOver,
): readonly string[] {
  const found = [...runsBelow(folder, passedOver)].sort();
  if (found.length > 0) return found;
  throw unusable(folder, "there is no run in it: no state.jsonl");
}

function* runsBelow(folder: string, passedOver: PassedOver): Generator<string> {
  const entries = entriesOf(folder);
  if (entries.some(({ name }) => MARKS.includes(name))) return yield folder;
  const remains = entries.find(({ name }) => REMAINS.includes(name));
  if (remains !== undefined) {
    passedOver(
      folder,
      `it has ${remains.name}, but no ledger, trace or report`,
    );
  }
  for (const entry of entries.toSorted(byName)) {
    const below = join(folder, entry.name);
    const why = whyPassedOver(entry);
    if (why !== undefined) passedOver(below, why);
    if (!entry.isDirectory) continue;
    try {
      yield* runsBelow(below, passedOver);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield below;
    }
  }
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}

function whyPassedOver(
  { name, isDirectory, isFile, isSymlink }: Deno.DirEntry,
): string | undefined {
  if (isDirectory) return undefined;
  if (isSymlink) return "it is a link, and links are not followed";
  if (!isFile) return "it is not a file and not a directory";
  return RUN_NAME.test(name)
    ? "it has the name of a run and is a file"
    : undefined;
}

function entriesOf(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (cause) {
    throw cause instanceof Deno.errors.NotFound
      ? unusable(folder, "there is no such directory", { cause })
      : unreadable(folder, cause);
  }
}
