import { argumentTrial } from "./arg_schema.ts";
import type { HostileCase } from "./cases.ts";
import { cycleTrial } from "./cycle_detection.ts";
import { escalationTrial } from "./escalation.ts";
import { playClause } from "./clauses.ts";
import type { LaidFixture } from "./fixture.ts";
import { playBudget } from "./loop_budget.ts";
import type { Outcome } from "./outcome.ts";
import { playRaceInside } from "./race_inside.ts";
import { playReader } from "./readers.ts";
import { playRecord } from "./record.ts";
import { pathTrial, playPath } from "./sandbox_path.ts";
import {
  endPlayer,
  playRunDirectory,
  RUN_DIRECTORY_TIMES,
} from "./run_directory.ts";
import { playTerminal } from "./terminal.ts";
import { toolTrial } from "./tool_registry.ts";
import { playTrial, type Trial } from "./trial.ts";
import { urlTrial } from "./url_allowlist.ts";
import { playRedirects } from "./url_redirect_dns.ts";

/** How the cases of one family are played. */
export interface Family {
  /** Plays a case to its end. */
  play(hostile: HostileCase): Promise<Outcome>;
  /** The decisions of a case, for measuring; `undefined` when nothing is judged. */
  trial?(hostile: HostileCase, fixture: LaidFixture): Trial | undefined;
  /** Whether the calls name a path, so that the disk is looked at. */
  readonly disk?: boolean;
  /** How long the commands took that were played, in microseconds. */
  times?(): readonly number[];
  /** Ends the process in which the cases are played, where they have one. */
  end?(): Promise<void>;
}

/** Every family of the cases, by its name. */
export const FAMILIES: ReadonlyMap<string, Family> = new Map<string, Family>([
  ["url_allowlist", judged(urlTrial)],
  ["sandbox_path", { play: playPath, trial: pathTrial, disk: true }],
  ["race_inside", { play: playRaceInside, disk: true }],
  ["arg_schema", judged(argumentTrial)],
  ["tool_registry", judged(toolTrial)],
  ["loop_budget", { play: playBudget }],
  ["cycle_detection", judged(cycleTrial)],
  ["url_redirect_dns", { play: playRedirects }],
  ["run_directory", {
    play: playRunDirectory,
    disk: true,
    times: () => RUN_DIRECTORY_TIMES.map((ms) => ms * 1000),
    end: endPlayer,
  }],
  ["record", { play: playRecord, disk: true }],
  ["escalation", judged(escalationTrial)],
  ["clauses", { play: playClause }],
  ["terminal", { play: playTerminal, disk: true }],
  ["readers", { play: playReader }],
]);

/** A family whose cases are calls, unless one is refused before it is judged. */
function judged(
  prepare: (hostile: HostileCase) => Trial | Outcome,
): Family {
  return {
    async play(hostile) {
      const prepared = prepare(hostile);
      return "kind" in prepared ? prepared : await playTrial(prepared);
    },
    trial(hostile) {
      const prepared = prepare(hostile);
      return "kind" in prepared ? undefined : prepared;
    },
  };
}
