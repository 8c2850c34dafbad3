import config from "../../deno.json" with { type: "json" };
import { areOwnTools } from "../../evidence/verify/own_tools.ts";
import { InputError } from "../../tools/data/input_error.ts";
import type { RunStarted } from "../../runtime/record/event.ts";
import { PROVIDERS } from "../../runtime/llm/provider/provider.ts";
import { loadTask } from "../../tasks/task.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/**
 * Says which command goes on with a run, as a sentence. With one that another
 * program began, or with a record of another version of this one that states its
 * version, no command here does.
 */
export function howToGoOn(directory: string, started: RunStarted): string {
  if (whyForeign(started) !== undefined) {
    return "the program that began the run has to go on with it";
  }
  const { runtime_version: version = config.version } = started;
  return version === config.version
    ? `\`${resumeCommand(directory, started.llm)}\` goes on`
    : `version ${terminalLine(version)} of this program has to go on with it`;
}

/**
 * Why a run is none that a command of this program began: a program that uses it
 * as a library has tasks and tools of its own. `undefined` when it is one.
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
  // Schemas may grow from version to version, and the one on record then counts.
  const described = tools.map(({ input_schema: _, ...tool }) => tool);
  return areOwnTools(described)
    ? undefined
    : "its tools are not those of this program";
}

/** The command line that goes on with a run, with the model that it was begun with. */
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
