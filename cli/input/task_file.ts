import { loadTask, type Task } from "../../tasks/task.ts";
import { readInput } from "../machine/files.ts";
import { loadedAs } from "./mistaken_file.ts";

/**
 * Reads the task in a file that a person named.
 *
 * @throws {InputError} when it cannot be used
 */
export function readTaskFile(path: string): Task {
  return loadedAs("task", { text: readInput(path), path, load: loadTask });
}
