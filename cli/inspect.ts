import { INCIDENTS } from "../evidence/recording/incident.ts";
import { isOnVirtualClock } from "../evidence/report/run_clock.ts";
import {
  growingTimeline,
  timeline,
  type TimelineEntry,
} from "../evidence/report/timeline.ts";
import { timelineLine } from "../evidence/report/timeline_line.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { oneLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT, type Output } from "./command/command.ts";
import { runStore } from "./machine/run_store.ts";
import { wait } from "./machine/world.ts";
import { stepProgress } from "./progress/step_progress.ts";

/** `inspect`: what a run did, in order. */
export const inspect: Command = {
  summary: "print what a run did as a timeline",
  help: `Usage: inspect RUN_DIR [--follow] [--json]

Prints a run step by step: what the model proposed, how each call was judged and
why, how each attempt ended, and how long it took by the clock of the run. A run
that broke off is printed as far as it got. Incidents of the process, such as
spans that were not sent, follow it, as incidents.jsonl has them.

  --follow  print a run that goes on, while it does, from another terminal; ends
            when the run ends. A run that broke off, or waits for a person, goes
            on with resume; Ctrl-C ends the command and not the run
  --json    print one JSON object for each entry, and for each incident

Exit codes: 0 done, 1 the record cannot be read.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["follow", "json"],
      operands: ["RUN_DIR"],
    });
    const json = given.flag("json");
    const record = runStore.run(given.operand(0));
    const tell = (entry: TimelineEntry) =>
      json ? output.json(entry) : output.data(timelineLine(entry));
    if (given.flag("follow")) await follow(record, { tell, output });
    else timeline((await record.ledger()).events).forEach(tell);
    for (const line of await incidentsOf(record)) {
      if (json) output.json(incidentOn(line));
      else output.data(`incident  ${oneLine(line, 200)}`);
    }
    return EXIT.ok;
  },
};

/** How often a growing record is looked at, in milliseconds. */
const LOOK_MS = 200;

/**
 * Tells what a run does until it ends. A terminal shows below it what goes on
 * now, where the run goes by the clock of this machine.
 */
async function follow(
  record: RunRecord,
  { tell, output }: {
    readonly tell: (entry: TimelineEntry) => void;
    readonly output: Output;
  },
): Promise<void> {
  const ledger = record.follow();
  const entries = growingTimeline();
  const steps = stepProgress();
  let isVirtual = true;
  for (;;) {
    for (const event of await ledger.next()) {
      if (event.type === "run_started") isVirtual = isOnVirtualClock(event);
      const entry = entries.push(event);
      if (entry !== undefined) tell(entry);
      steps.push(event, Number(BigInt(event.ts) / 1_000_000n));
      if (event.type !== "run_finished") continue;
      output.status?.("");
      return;
    }
    if (!isVirtual) output.status?.(steps.status(Date.now()));
    await wait(LOOK_MS, NEVER);
  }
}

const NEVER = new AbortController().signal;

/** The parsed line; the text itself when it is not JSON. */
function incidentOn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** The lines of incidents.jsonl; empty when there was no incident. */
async function incidentsOf(record: RunRecord): Promise<readonly string[]> {
  const text = await record.textIfThere(INCIDENTS) ?? "";
  return text.split("\n").filter((line) => line !== "");
}
