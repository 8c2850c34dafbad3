import config from "../../deno.json" with { type: "json" };
import { areOwnTools } from "../../evidence/verify/own_tools.ts";
import { InputError } from "../../tools/data/input_error.ts";
import type { RunStarted } from "../../runtime/record/event.ts";
import { PROVIDERS } from "../../runtime/llm/provider/provider.ts";
import { loadTask } from "../../tasks/task.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/**
 * Says as a sentence which command resumes a run. None does when another program
 * began the run, or when its record states another version of this program.
 */
export function resumeHint(directory: string, started: RunStarted): string {
  if (whyForeign(started) !== undefined) {
    return "only the program that began the run can resume it";
  }
  const { runtime_version: version = config.version } = started;
  return version === config.version
    ? `continue with \`${resumeCommand(directory, started.llm)}\``
    : `only version ${terminalLine(version)} of this program can resume it`;
}

/**
 * Why a run was not begun by a command of this program: a program that uses it
 * as a library has its own tasks and tools. `undefined` when it was.
 */
export function whyForeign(
  { task, tools }: RunStarted,
): string | undefined {
  try {
    loadTask(task.text, "the task on record");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return "its task is not one of a task file";
  }
  // Schemas may grow from version to version; then the recorded one counts.
  const described = tools.map(({ input_schema: _, ...tool }) => tool);
  return areOwnTools(described)
    ? undefined
    : "its tools are not those of this program";
}

/** The command line that resumes a run, with the model that it was begun with. */
export function resumeCommand(
  directory: string,
  { execution_path, provider, model }: Omit<RunStarted["llm"], "script_sha256">,
): string {
  const command = `resume ${terminalLine(directory)}`;
  if (execution_path === "stub") return command;
  if (execution_path === "replay") return `${command} --llm replay:FILE`;
  const known = PROVIDERS.find(({ name }) => name === provider);
  const spec = known !== undefined && /^[\w.:/@+-]+$/.test(model)
    ? `${known.id}:${model}`
    : "PROVIDER:MODEL";
  const url = known?.baseUrl === undefined ? " --base-url URL" : "";
  return `${command} --llm ${spec}${url}`;
}
