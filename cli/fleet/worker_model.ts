import type { BegunLedger } from "../../evidence/read_ledger.ts";
import type { Database } from "../../evidence/store/postgres/database.ts";
import { takeToken } from "../../evidence/store/postgres/fleet_limits.ts";
import type { RowSink } from "../../evidence/store/postgres/row_sink.ts";
import type { Policy } from "../../policy/document/load.ts";
import { pricingFault } from "../../runtime/record/answer_cost.ts";
import { scriptedModel } from "../../tasks/scripted_run.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import { parseCommandLine } from "../command/command_line.ts";
import type { Output } from "../command/command.ts";
import {
  type ChosenModel,
  liveModel,
  MODEL_OPTIONS,
} from "../execution/live_model.ts";
import { offeredHint } from "../execution/offered_hint.ts";
import { wait } from "../machine/world.ts";
import type { Submitted } from "./submitted_run.ts";
import type { WorkerConfig } from "./worker_config.ts";

/** What a worker asks a model with. */
export interface WorkerModelOptions {
  readonly config: WorkerConfig;
  readonly output: Output;
  /** What is on record of the run. */
  readonly ledger: BegunLedger | undefined;
}

/**
 * Opens the model that a run was submitted with; `undefined` for a scripted run.
 *
 * @throws {InputError} when the configuration does not name it, or the policy limits
 *   a cost that nobody can tell
 */
export async function workerModel(
  submitted: Submitted,
  options: WorkerModelOptions,
): Promise<ChosenModel | undefined> {
  const model = await acceptedModel(submitted, options);
  const { policy, task } = submitted;
  refuseWithoutPrice(policy, model ?? scriptedModel(task.document));
  return model;
}

/** The model, with the address and the key that the configuration of the worker has for it. */
async function acceptedModel(
  { llm, task, policy, own, servers }: Submitted,
  { config, output, ledger }: WorkerModelOptions,
): Promise<ChosenModel | undefined> {
  if (llm === undefined) return undefined;
  const accepted = config.models.find((each) => each.llm === llm);
  if (accepted === undefined) {
    throw new InputError(llm, [{ path: "", message: "it is not accepted" }]);
  }
  const { base_url, api_key_env } = accepted;
  const args = [
    ...["--llm", llm],
    ...base_url === undefined ? [] : ["--base-url", base_url],
    ...api_key_env === undefined ? [] : ["--api-key-env", api_key_env],
  ];
  const given = parseCommandLine(args, { options: MODEL_OPTIONS });
  return await liveModel(
    given,
    { ...output, note() {} },
    ledger === undefined
      ? {
        told: {
          settings: task.document.model,
          hint: offeredHint(policy.document, {
            own: own?.definitions,
            servers: Object.keys(servers),
          }),
        },
      }
      : { record: ledger },
  );
}

function refuseWithoutPrice(
  policy: Policy,
  { info }: Pick<ChosenModel, "info">,
): void {
  const { max_cost } = policy.document.loop_budget;
  const fault = pricingFault({ model: info, max_cost });
  if (fault !== undefined) throw unusable("the policy", fault);
}

/** The same model, which is asked as often as its provider's rate allows. */
export function atItsRate(
  model: ChosenModel,
  { database, sink }: {
    readonly database: Database;
    readonly sink: RowSink;
  },
): ChosenModel {
  return {
    ...model,
    async llm(input, signal) {
      for (;;) {
        const ms = await sink.repeated(() =>
          takeToken(database, model.info.provider)
        );
        if (ms === 0) return await model.llm(input, signal);
        await wait(ms, signal);
      }
    },
  };
}
