import { personNameFault } from "../../runtime/approval/approver_name.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { UsageError } from "../command/command.ts";

/**
 * The name that `--by` gives, without the spaces around it.
 *
 * @throws {UsageError} when it cannot be recorded
 */
export function approverName(given: string): string {
  const fault = personNameFault(given);
  if (fault === undefined) return given.trim();
  throw new UsageError(`Cannot use --by "${terminalLine(given)}": ${fault}`);
}
