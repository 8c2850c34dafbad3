import { join } from "../../deps.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { maxBytesOf } from "../file_limits.ts";
import { whyUnreadable } from "./file_error.ts";
import { refuseOther } from "./regular_file.ts";

/** Every file of a run directory, except those being written. */
const FILES: readonly string[] = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
  "attestation.json",
  "approvals.jsonl",
  "incidents.jsonl",
];

/**
 * Checks, before anything is written, whether a run can be resumed in a
 * directory: its files are regular files with one name, and the small ones are
 * within their limits. This module is one of the few that touch the disk.
 *
 * @throws {InputError} when it cannot
 */
export function checkRunFiles(directory: string): void {
  for (const { name } of Deno.readDirSync(directory)) {
    const isPart = name.endsWith(".part");
    if (!isPart && !FILES.includes(name)) continue;
    checked(join(directory, name), (info) => {
      refuseOther(info, { maxBytes: maxBytesOf(name) });
    });
  }
}

/**
 * Checks that a path is a directory and not a link to one.
 *
 * @throws {InputError} when it is not, or does not exist
 */
export function checkDirectory(path: string): void {
  checked(path, (info) => {
    if (info.isSymlink) {
      throw new Error("it is a symbolic link, not a directory");
    }
    if (!info.isDirectory) throw new Deno.errors.NotADirectory();
  });
}

function checked(path: string, check: (info: Deno.FileInfo) => void): void {
  try {
    check(Deno.lstatSync(path));
  } catch (cause) {
    const message = `the run cannot go on: ${whyUnreadable(cause)}`;
    throw unusable(path, message, { cause });
  }
}
