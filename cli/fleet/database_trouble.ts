import { DatabaseError } from "../../evidence/store/postgres/database.ts";
import { SchemaError } from "../../evidence/store/postgres/schema.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { wait } from "../machine/world.ts";
import { EXIT, type Output } from "../command/command.ts";

/**
 * Does what needs a database. Reports in one line that the database cannot be
 * reached, refuses the role, or has another schema; returns the exit code.
 */
export async function withDatabaseTrouble(
  output: Output,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError || error instanceof SchemaError)) {
      throw error;
    }
    output.error(terminalLine(error.message));
    return error instanceof DatabaseError && error.isUnreachable
      ? EXIT.unreachable
      : EXIT.error;
  }
}

/** How long to wait for a database that cannot be reached, between two tries, in milliseconds. */
const RETRY_MS = 1000;

/** How often to try. */
const TRIES = 30;

/**
 * Does what needs a database, which may not be up yet.
 *
 * @throws {DatabaseError} when it cannot be reached for a while, or the signal aborts
 */
export async function untilReached<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof DatabaseError && error.isUnreachable;
      if (!isAway || tries === TRIES || signal.aborted) throw error;
      await wait(RETRY_MS, signal).catch(() => {});
    }
  }
}
