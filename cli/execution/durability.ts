import type { Durability } from "../../evidence/recording/record_run.ts";
import { choice } from "../command/choice.ts";

/**
 * Reads the option `--durability`. Default: `intent`.
 *
 * @throws {UsageError} when it is not `none` or `intent`
 */
export function durabilityOf(value = "intent"): Durability {
  return choice(value, {
    where: "Cannot use --durability",
    of: ["none", "intent"],
  });
}
