import { join } from "../../deps.ts";
import { type Artifacts, memorySink } from "../../evidence/artifacts.ts";
import {
  describeDifference,
  differences,
} from "../../evidence/recording/differences.ts";
import {
  readArtifacts,
  runDirectory,
} from "../../evidence/store/run_directory.ts";
import type { Staging } from "../../evidence/store/staging.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { EXIT, type Output } from "../command/command.ts";
import { describeEnd, endOf } from "../execution/describe_end.ts";
import { type Played, playScenario, type Scenario } from "./scenario.ts";

/** Where committed runs are, below the current folder. */
export const RUNS = "runs";

/** A scenario whose run is committed under `name` below `runs/`. */
export interface CommittedRun {
  readonly name: string;
  readonly scenario: Scenario;
}

/** How a suite is emitted or checked. */
export interface EmitOptions {
  readonly staging: Staging;
  readonly output: Output;
  readonly json: boolean;
}

/** Plays each scenario and puts its run in its place if it is as expected. */
export async function emitRuns(
  runs: readonly CommittedRun[],
  { staging, output, json }: EmitOptions,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const { name, scenario } of runs) {
    using sink = runDirectory(staging.path(name));
    const world = staging.path(`worlds/${name}`);
    const { finished, unmet } = await playScenario(scenario, { world, sink });
    const path = join(RUNS, name);
    if (unmet.length > 0) {
      code = EXIT.no;
      for (const line of unmet) {
        output.error(terminalLine(`${path}: ${line}`));
      }
      continue;
    }
    staging.swap(name);
    if (json) output.json(endOf(path, finished));
    else output.data(`${path}: ${describeEnd(finished)}`);
  }
  return code;
}

/** Plays each scenario in memory and compares every byte with what is committed. */
export async function checkRuns(
  runs: readonly CommittedRun[],
  { staging, output, json }: EmitOptions,
): Promise<number> {
  let code: number = EXIT.ok;
  for (const { name, scenario } of runs) {
    const sink = memorySink();
    const world = staging.path(`worlds/${name}`);
    const played = await playScenario(scenario, { world, sink });
    const path = join(RUNS, name);
    const lines = complaints(path, played, sink.artifacts);
    if (lines.length > 0) code = EXIT.no;
    if (json) output.json({ run: path, differences: lines });
    else if (lines.length === 0) {
      output.data(
        `${path}: all ${sink.artifacts.size} artifacts are as committed`,
      );
    } else for (const line of lines) output.error(terminalLine(line));
  }
  return code;
}

function complaints(
  path: string,
  { unmet }: Played,
  fresh: Artifacts,
): readonly string[] {
  return [
    ...unmet.map((line) => `${path}: ${line}`),
    ...differences(fresh, committed(path)).map((each) =>
      describeDifference({ ...each, name: join(path, each.name) })
    ),
  ];
}

function committed(path: string): Artifacts {
  try {
    return readArtifacts(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}
