import { relative } from "../../deps.ts";
import type { BegunLedger } from "../../evidence/read_ledger.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { parseCassette } from "../../runtime/llm/cassette/parse_cassette.ts";
import {
  cassetteLlm,
  exchangesOnRecord,
} from "../../runtime/llm/cassette/cassette_llm.ts";
import {
  givenSettings,
  type ModelSettings,
  modelSettingsSchema,
} from "../../runtime/record/model_settings.ts";
import type { TaskModel } from "../../tasks/scripted_run.ts";
import { type CassetteFile, cassetteFile } from "./cassette_file.ts";
import type { CommandLine } from "../command/command_line.ts";
import { type Output, UsageError } from "../command/command.ts";
import { readInput } from "../machine/files.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { openedModel } from "../machine/opened_model.ts";
import { realFuturePath } from "../machine/real_future_path.ts";

/** The options of the command line that choose a model. */
export const MODEL_OPTIONS = [
  "llm",
  "base-url",
  "api-key-env",
  "model-seed",
  "record",
] as const;

/** The command-line options for what goes with each request; a resumed run has them on record. */
export const REQUEST_OPTIONS = [
  "system",
  "temperature",
  "max-output-tokens",
] as const;

/** What the model of a new run is told beside its question. */
export interface Told {
  /** What the task says. */
  readonly settings: ModelSettings | undefined;
  /** Where the tools may go. */
  readonly hint: string | undefined;
}

/** A model that the command line chose. */
export interface ChosenModel extends TaskModel {
  /** What goes with each request as its seed. */
  readonly seed: number | undefined;
}

/** What `--llm` begins with for a cassette. */
export const REPLAY = "replay:";

/**
 * Opens the model that the command line chose; `undefined` when it chose none,
 * and the task's script is followed. Nothing is sent yet. For a resumed run,
 * `record` tells which model was asked and what goes with each request.
 *
 * @throws {UsageError} when an option is given that has no effect
 * @throws {InputError} when it cannot be understood, its key is not there, the
 *   process may not reach it, or its cassette cannot be read
 */
export async function liveModel(
  given: CommandLine,
  output: Output,
  { record, told }: {
    readonly record?: BegunLedger;
    readonly told?: Told;
  },
): Promise<ChosenModel | undefined> {
  const spec = given.option("llm");
  if (spec === undefined) {
    refuseIdle(given, "without --llm: no model is asked");
    return undefined;
  }
  if (spec.startsWith(REPLAY)) {
    return recordedModel(spec, given, record?.events ?? []);
  }
  const seed = seedOf(given.option("model-seed"));
  const { choice, llm } = await openedModel(spec, {
    baseUrl: given.option("base-url"),
    keyName: given.option("api-key-env"),
    seed,
  });
  if (choice.info.execution_path === "hosted") {
    output.note(
      terminalLine(
        `asking ${spec} at ${choice.host}: the task and what the tools return leave this machine`,
      ),
    );
  }
  const settings = told === undefined
    ? record?.started.llm.settings
    : settingsOf(given, told);
  const info = settings === undefined
    ? choice.info
    : { ...choice.info, settings };
  return { llm, info, seed };
}

/**
 * What goes with each request: from the command line, otherwise from the task,
 * with a hint where the tools may go.
 */
function settingsOf(
  given: CommandLine,
  { settings = {}, hint }: Told,
): ModelSettings | undefined {
  const file = given.option("system");
  const text = file === undefined ? settings.system : readInput(file).trim();
  if (text === "") {
    throw new UsageError(`Cannot use --system "${file}": it says nothing`);
  }
  const told = [text, hint].filter((each) => each !== undefined);
  return givenSettings({
    system: told.length === 0 ? undefined : told.join("\n\n"),
    temperature: settingOf(given, "temperature", settings.temperature),
    max_output_tokens: settingOf(
      given,
      "max-output-tokens",
      settings.max_output_tokens,
    ),
  });
}

/** A number from the command line, otherwise from the task. */
function settingOf(
  given: CommandLine,
  name: "temperature" | "max-output-tokens",
  otherwise: number | undefined,
): number | undefined {
  const text = given.option(name);
  if (text === undefined) return otherwise;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  const key = name === "temperature" ? name : "max_output_tokens";
  if (modelSettingsSchema.safeParse({ [key]: value }).success) return value;
  throw new UsageError(
    `Cannot use --${name} "${text}": expected ${
      name === "temperature"
        ? "a number from 0 to 2"
        : "a whole number from 1 to 2^32"
    }`,
  );
}

/** The model of a cassette, which has everything about it. */
function recordedModel(
  spec: string,
  given: CommandLine,
  events: readonly RunEvent[],
): ChosenModel {
  refuseIdle(given, `with --llm ${spec}`);
  const path = spec.slice(REPLAY.length);
  if (path === "") {
    throw new UsageError(`Cannot use --llm "${spec}": expected ${REPLAY}FILE`);
  }
  const cassette = parseCassette(readInput(path), path);
  const { provider, model } = cassette.head.llm;
  const settings = givenSettings(cassette.head.settings);
  return {
    ...cassetteLlm(cassette, exchangesOnRecord(events)),
    info: {
      execution_path: "replay",
      provider,
      model,
      script_sha256: cassette.sha256,
      ...settings === undefined ? {} : { settings },
    },
    seed: undefined,
  };
}

/** Refuses the options for asking a model when none is asked. */
function refuseIdle(given: CommandLine, why: string): void {
  const idle = [...MODEL_OPTIONS, ...REQUEST_OPTIONS].find((each) =>
    each !== "llm" && given.option(each) !== undefined
  );
  if (idle !== undefined) throw new UsageError(`Cannot use --${idle} ${why}`);
}

/**
 * Opens the cassette that `--record` names, if any; `out` is the run directory.
 *
 * @throws {UsageError} when the file exists already, or would be inside the run
 * @throws {InputError} when it cannot be created
 */
export function openCassette(
  given: CommandLine,
  { model, out }: {
    readonly model: ChosenModel | undefined;
    readonly out: string;
  },
): CassetteFile | undefined {
  const path = given.option("record");
  if (path === undefined || model === undefined) return undefined;
  const between = relative(realFuturePath(out), realFuturePath(path));
  if (!/^\.\.(\/|$)/.test(between)) {
    throw new UsageError(
      `Cannot record to "${path}": it is inside the run directory "${out}"; choose another --record`,
    );
  }
  return cassetteFile(path, model.seed);
}

function seedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new UsageError(
    `Cannot use --model-seed "${text}": expected a whole number`,
  );
}
