import type { Llm } from "../../runtime/llm/llm.ts";
import { openModel } from "../../runtime/llm/provider/open_model.ts";
import {
  type ChoiceOptions,
  chooseModel,
  type ModelChoice,
} from "../../runtime/llm/provider/provider.ts";
import { dated } from "../../tools/data/dated.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { isGranted } from "./is_granted.ts";

/**
 * Opens the model that a person named as `--llm` has it, with the network and the
 * environment of this process. Nothing is sent yet.
 *
 * @throws {InputError} when the name cannot be understood, the key is not there, or
 *   the process may not reach the model
 */
export async function openedModel(
  spec: string,
  { seed, ...options }: ChoiceOptions & {
    /** Goes with each request. */
    readonly seed?: number | undefined;
  },
): Promise<{ readonly choice: ModelChoice; readonly llm: Llm }> {
  const choice = chooseModel(spec, options);
  const llm = await openModel(choice, {
    env: variable,
    seed,
    fetch: async (url, init) => dated(await fetch(url, init), Date.now()),
  });
  refuseWithoutNetwork(choice);
  return { choice, llm };
}

/** Only the person who starts the process can grant a permission. */
function refuseWithoutNetwork({ spec, host }: ModelChoice): void {
  if (isGranted({ name: "net", host })) return;
  throw unusable(
    spec,
    `the process may not reach ${host} (--allow-net=${host})`,
  );
}

/** A variable of the environment; also `undefined` when it may not be read. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
