import type { Durability } from "../evidence/record_run.ts";
import { choice } from "./choice.ts";

/**
 * Reads the option `--durability`. Default: `intent`.
 *
 * @throws {UsageError} when it is neither `none` nor `intent`
 */
export function durabilityOf(value = "intent"): Durability {
  return choice(value, {
    where: "Cannot use --durability",
    of: ["none", "intent"],
  });
}
