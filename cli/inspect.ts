import { INCIDENTS } from "../evidence/recording/incident.ts";
import { isOnVirtualClock } from "../evidence/report/run_clock.ts";
import {
  growingTimeline,
  timeline,
  type TimelineEntry,
} from "../evidence/report/timeline.ts";
import { timelineLine } from "../evidence/report/timeline_line.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { oneLine, terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import { namedRuns } from "./input/named_runs.ts";
import { runStore } from "./machine/run_store.ts";
import { wait } from "./machine/world.ts";
import { stepProgress } from "./progress/step_progress.ts";

/** `inspect`: what a run did, in order. */
export const inspect: Command = {
  summary: "print what a run did as a timeline",
  help: `Usage: inspect RUN_DIR... [--json]
       inspect RUN_DIR --follow [--json]

Prints a run step by step: what the model proposed, how each call was judged and
why, how each attempt ended, and how long it took by the clock of the run. A run
that broke off is printed as far as it got. Incidents of the process, such as
spans that were not sent, follow it, as incidents.jsonl has them. A folder means all
runs below it, each after a line with its name; skipped entries are named on
standard error.

  --follow  print a run that goes on, while it does, from another terminal; ends
            when the run ends. A run that broke off, or waits for a person, goes
            on with resume; Ctrl-C ends the command and not the run
  --json    print one JSON object for each entry, and for each incident; of several
            runs, with the name of the run

Exit codes: 0 done, 1 a record cannot be read, which does not keep the others from
being printed.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["follow", "json"],
      operands: ["RUN_DIR..."],
    });
    const json = given.flag("json");
    if (given.flag("follow")) {
      if (given.operands.length > 1) {
        throw new UsageError("--follow is for one run: name one");
      }
      const record = runStore.run(given.operand(0));
      const told = telling(output, { json });
      await follow(record, { tell: told.entry, output });
      for (const line of await incidentsOf(record)) told.incident(line);
      return EXIT.ok;
    }
    const runs = await namedRuns(given.operands, output);
    const [only] = runs.length === 1 ? given.operands : [];
    return await eachRun(runs, {
      output,
      async look(record) {
        const { events } = await record.ledger();
        const isOneOfMany = record.name !== only;
        if (isOneOfMany && !json) output.data(`${terminalLine(record.name)}:`);
        const told = telling(output, {
          json,
          run: isOneOfMany ? record.name : undefined,
        });
        timeline(events).forEach(told.entry);
        for (const line of await incidentsOf(record)) told.incident(line);
        return EXIT.ok;
      },
    });
  },
};

/** Prints entries and incidents; as JSON with the name of the run, where there is one. */
function telling(
  output: Output,
  { json, run }: { readonly json: boolean; readonly run?: string | undefined },
) {
  const named = (value: object) =>
    run === undefined ? value : { run, ...value };
  return {
    entry(entry: TimelineEntry): void {
      if (json) output.json(named(entry));
      else output.data(timelineLine(entry));
    },
    incident(line: string): void {
      if (!json) return output.data(`incident  ${oneLine(line, 200)}`);
      const incident = incidentOn(line);
      output.json(
        typeof incident === "object" && incident !== null
          ? named(incident)
          : incident,
      );
    },
  };
}

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
