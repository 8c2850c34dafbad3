import type { Durability } from "../evidence/record_run.ts";
import { UsageError } from "./command.ts";

/**
 * Reads the option `--durability`. Default: `intent`.
 *
 * @throws {UsageError} when it is neither `none` nor `intent`
 */
export function durabilityOf(value = "intent"): Durability {
  if (value === "none" || value === "intent") return value;
  throw new UsageError(
    `Cannot use --durability "${value}": expected none or intent`,
  );
}
