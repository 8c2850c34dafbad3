import type { Database } from "../../evidence/store/postgres/database.ts";
import {
  type FleetStats,
  fleetStats,
} from "../../evidence/store/postgres/fleet_stats.ts";
import { counted } from "../../tools/data/counted.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { EXIT, type Output } from "../command/command.ts";

/** Tells how a fleet is; returns the exit code that says whether somebody should look. */
export async function tellHealth(
  database: Database,
  output: Output,
  { json, maxWaitSeconds }: {
    readonly json: boolean;
    /** How long a run may be ready before that is a trouble. */
    readonly maxWaitSeconds: number;
  },
): Promise<number> {
  const stats = await fleetStats(database);
  const troubles = troublesIn(stats, maxWaitSeconds);
  if (json) output.json({ ...stats, troubles });
  else {
    for (const { state, tenant, runs } of stats.runs) {
      output.data(terminalLine(`${state}  ${tenant}  ${runs}`));
    }
    output.data(
      `ready: ${stats.queue_depth}, the first for ${
        Math.floor(stats.oldest_wait_seconds)
      } s`,
    );
    for (const trouble of troubles) output.error(trouble);
  }
  return troubles.length === 0 ? EXIT.ok : EXIT.no;
}

function troublesIn(
  { stuck, lapsed, oldest_wait_seconds: oldest }: FleetStats,
  maxWaitSeconds: number,
): readonly string[] {
  return [
    ...stuck === 0 ? [] : [
      `${counted(stuck, "run")} stuck: runs list --state stuck; runs retry`,
    ],
    ...lapsed === 0 ? [] : [
      `${
        counted(lapsed, "run")
      } without a sign of life of the worker: are there workers?`,
    ],
    ...oldest <= maxWaitSeconds ? [] : [
      `a run has been ready for ${
        Math.floor(oldest)
      } s: are there workers, and do they accept it?`,
    ],
  ];
}
