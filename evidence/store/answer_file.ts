import { APPROVALS, type WrittenApproval } from "../approval/approval_file.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import type { RunRecord } from "../run_store.ts";
import { type AppendedFile, appendedFile } from "./appended_file.ts";
import { cannotWrite } from "./file_error.ts";

/** How often to ask for the file while somebody else answers, and how long to wait in between. */
const LOCK = { tries: 50, waitMs: 20 };

/**
 * Adds answers of persons to a file, under a lock, so that nobody else answers
 * between the look and the writing. Each has a line of its own also where the
 * last one was torn off.
 */
export function answerFile(
  path: string,
  now: () => Date,
): RunRecord["addAnswer"] {
  return async (answer, earlier) => {
    try {
      using file = appendedFile(path, { maxBytes: MAX_FILE_BYTES[APPROVALS] });
      await locked(file);
      const text = new TextDecoder().decode(file.read());
      const before = earlier(text);
      if (before !== undefined) return before;
      const timestamp = now().toISOString();
      const line: WrittenApproval = { v: 1, timestamp, ...answer };
      const isTorn = !/(^|\n)$/.test(text);
      const bytes = `${isTorn ? "\n" : ""}${JSON.stringify(line)}\n`;
      file.append(new TextEncoder().encode(bytes));
    } catch (cause) {
      throw cannotWrite("the answer there", path, cause);
    }
  };
}

/** Waits until nobody else writes to the file. */
async function locked(file: AppendedFile): Promise<void> {
  for (let tries = 1; !file.tryLock(); tries++) {
    if (tries === LOCK.tries) {
      throw new Error("another process keeps it locked");
    }
    await new Promise((done) => setTimeout(done, LOCK.waitMs));
  }
}
