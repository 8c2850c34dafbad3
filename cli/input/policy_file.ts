import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import { readInput } from "../machine/files.ts";

/**
 * Reads the policy in a file that a person named.
 *
 * @throws {InputError} when it cannot be used
 */
export function readPolicyFile(path: string): Policy {
  return loadPolicy(readInput(path), path);
}
