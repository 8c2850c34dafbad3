import { dirname, join, relative } from "../../deps.ts";
import { walkSync } from "./walk.ts";
import { exists } from "./exists.ts";

/** A place beside committed runs where new ones grow until they are whole. */
export interface Staging extends Disposable {
  /** Where the run `name` is to be made. */
  path(name: string): string;
  /**
   * Puts the finished run in its place, over what was there.
   *
   * @throws {Deno.errors.NotFound} when the run was not made; nothing is changed
   */
  swap(name: string): void;
}

/**
 * Opens the staging area of the directory `root`, which holds runs. First, runs
 * that an interrupted process had moved away are put back, and its unfinished
 * ones are deleted. This module is one of the few that touch the disk.
 *
 * @throws {Error} when another process is writing runs to `root`
 */
export function openStaging(root: string): Staging {
  Deno.mkdirSync(root, { recursive: true });
  const lock = Deno.openSync(join(root, ".lock"), {
    create: true,
    write: true,
  });
  if (!lock.tryLockSync(true)) {
    lock.close();
    throw new Error(`Cannot write to "${root}": another process is doing so`);
  }
  const area = join(root, ".staging");
  restore(join(area, "old"), root);
  sweep(area);
  return {
    path: (name) => join(area, "new", name),
    swap(name) {
      const [made, target, old] = [
        join(area, "new", name),
        join(root, name),
        join(area, "old", name),
      ];
      // A run must not be replaced by one that was never made.
      Deno.lstatSync(made);
      Deno.mkdirSync(dirname(target), { recursive: true });
      if (exists(target)) {
        Deno.mkdirSync(dirname(old), { recursive: true });
        Deno.renameSync(target, old);
      }
      Deno.renameSync(made, target);
    },
    [Symbol.dispose]() {
      sweep(area);
      lock.close();
    },
  };
}

/** Puts back what a killed process had moved away and not yet replaced. */
function restore(old: string, root: string): void {
  if (!exists(old)) return;
  const files = [
    ...walkSync(old, { includeDirs: false, includeSymlinks: false }),
  ];
  for (const run of new Set(files.map(({ path }) => dirname(path)))) {
    const target = join(root, relative(old, run));
    if (exists(target)) continue;
    Deno.mkdirSync(dirname(target), { recursive: true });
    Deno.renameSync(run, target);
  }
}

function sweep(directory: string): void {
  if (exists(directory)) Deno.removeSync(directory, { recursive: true });
}
