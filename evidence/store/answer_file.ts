import { APPROVALS, type WrittenApproval } from "../approval/approval_file.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import type { RunRecord } from "../run_store.ts";
import { type AppendedFile, appendedFile } from "./appended_file.ts";
import { cannotWrite } from "./file_error.ts";

/**
 * How often to try to lock the file while another process answers, and how long
 * to wait in between.
 */
const LOCK = { tries: 50, waitMs: 20 };

/**
 * Adds answers of persons to a file under a lock, so that no other process
 * answers between the check and the write. Each answer starts a new line, even
 * after a torn one.
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

/** Waits until no other process writes to the file. */
async function locked(file: AppendedFile): Promise<void> {
  for (let tries = 1; !file.tryLock(); tries++) {
    if (tries === LOCK.tries) {
      throw new Error("another process keeps it locked");
    }
    await new Promise((done) => setTimeout(done, LOCK.waitMs));
  }
}
