import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import { readInput } from "../machine/files.ts";
import { loadedAs } from "./mistaken_file.ts";

/**
 * Reads the policy in a file that a person named.
 *
 * @throws {InputError} when it cannot be used
 */
export function readPolicyFile(path: string): Policy {
  return loadedAs("policy", { text: readInput(path), path, load: loadPolicy });
}
