import type { ScriptStep } from "../runtime/llm/scripted_llm.ts";
import { loadTask, type Task } from "../tasks/task.ts";

/**
 * What an agent is asked, in the form of a task file, so that the command line can
 * go on with its record.
 *
 * @throws {InputError} when a part of it cannot be on record, such as an empty question
 */
export function agentTask(
  { id, question, seed, script }: {
    readonly id: string;
    readonly question: string;
    readonly seed: number;
    readonly script?: readonly ScriptStep[] | undefined;
  },
): Task {
  const text = `${inYaml(JSON.stringify({ id, question, seed, script }))}\n`;
  return loadTask(text, "runAgent");
}

/** JSON is YAML once no character is left in it that YAML reads as a line break, or not at all. */
function inYaml(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
