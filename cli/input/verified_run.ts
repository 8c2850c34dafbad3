import type { RunRecord } from "../../evidence/run_store.ts";
import { unreadable } from "../../evidence/store/file_error.ts";
import {
  type VerifyOptions,
  verifyRun,
} from "../../evidence/verify/decisions/verify_run.ts";
import type { Verification } from "../../evidence/verify/verify.ts";

/**
 * Verifies a run where it is kept.
 *
 * @throws {InputError} when its files cannot be read
 */
export async function verifiedRun(
  record: Pick<RunRecord, "name" | "source">,
  options: VerifyOptions = {},
): Promise<Verification> {
  try {
    return verifyRun(await record.source(), options);
  } catch (cause) {
    throw unreadable(record.name, cause);
  }
}
