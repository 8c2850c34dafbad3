import { loadTask, type Task } from "../../tasks/task.ts";
import { readInput } from "../machine/files.ts";

/**
 * Reads the task in a file that a person named.
 *
 * @throws {InputError} when it cannot be used
 */
export function readTaskFile(path: string): Task {
  return loadTask(readInput(path), path);
}
