import { chooseModel } from "../runtime/llm/provider.ts";
import { openModel } from "../runtime/llm/open_model.ts";
import type { TaskModel } from "../tasks/scripted_run.ts";
import type { CommandLine } from "./command_line.ts";
import { type Output, UsageError } from "./command.ts";

/** The options of the command line that choose a model. */
export const MODEL_OPTIONS = [
  "llm",
  "base-url",
  "api-key-env",
  "model-seed",
] as const;

/**
 * Makes the model that the command line chose one that can be asked; `undefined`
 * when it chose none, and the task's script is followed. Nothing is sent yet.
 *
 * @throws {InputError} when it cannot be understood, or its key is not there
 */
export async function liveModel(
  given: CommandLine,
  output: Output,
): Promise<TaskModel | undefined> {
  const spec = given.option("llm");
  if (spec === undefined) return undefined;
  const choice = chooseModel(spec, {
    baseUrl: given.option("base-url"),
    keyName: given.option("api-key-env"),
  });
  const llm = await openModel(choice, {
    env: variable,
    seed: seedOf(given.option("model-seed")),
    fetch: (url, init) => fetch(url, init),
  });
  if (choice.info.execution_path === "hosted") {
    output.note(
      `asking ${spec} at ${choice.host}: the task and what the tools return leave this machine`,
    );
  }
  return { llm, info: choice.info };
}

function seedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(
    `Cannot use --model-seed "${text}": expected a whole number`,
  );
}

/** A variable of the environment; `undefined` also when it may not be read. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
