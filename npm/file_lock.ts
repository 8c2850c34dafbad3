import { spawnSync } from "node:child_process";

/**
 * Programs that take the lock of flock(2) on their file 3: util-linux and BusyBox
 * have the first, macOS and most other systems the second. The lock belongs to the
 * open file and not to the program, so it stays when the program has ended, and is
 * gone when the file is closed or its process ends.
 */
const LOCKERS = [
  ["flock", "-x", "-n", "3"],
  ["perl", "-e", 'open(F, "+<&=3") or exit 2; exit(flock(F, 6) ? 0 : 1)'],
] as const;

/** How each of them says that somebody else has the lock. */
const TAKEN = 1;

/**
 * Locks an open file against all others, as Deno does; `false` when somebody else
 * has it locked. Node has no call for it, so a program of the system makes it.
 *
 * @throws {Error} when there is no such program, or it cannot lock the file
 */
export function tryLock(descriptor: number): boolean {
  for (const [program, ...args] of LOCKERS) {
    const { error, status, signal } = spawnSync(program, args, {
      stdio: ["ignore", "ignore", "ignore", descriptor],
    });
    if (error !== undefined && "code" in error && error.code === "ENOENT") {
      continue;
    }
    if (error !== undefined) throw error;
    if (status === 0) return true;
    if (status === TAKEN) return false;
    throw new Error(`${program} cannot lock the file (${status ?? signal})`);
  }
  throw new Error(
    "the file cannot be locked: neither `flock` nor `perl` is on the PATH",
  );
}
