import { eventDifference } from "../evidence/replay/event_difference.ts";
import { oneLine } from "../tools/data/untrusted_text.ts";
import { flipTotals } from "../evidence/replay/flip_totals.ts";
import {
  FLIP_COLUMNS,
  flipRows,
  type JudgedRun,
  judgedRunsText,
} from "../evidence/replay/judged_runs.ts";
import { redecide } from "../evidence/replay/redecide.ts";
import { replay as replayRecord } from "../evidence/replay/replay.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { counted } from "../tools/data/counted.ts";
import { InputError, unusable } from "../tools/data/input_error.ts";
import type { Policy } from "../policy/document/load.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import type { Divergence } from "../runtime/rerun/divergence.ts";
import { valueExcerpts } from "../tools/data/excerpt.ts";
import type { ValueDifference } from "../tools/data/value_difference.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { namedRuns } from "./input/named_runs.ts";

/** `replay`: execute runs again from their records, or judge them under another policy. */
export const replay: Command = {
  summary:
    "execute a run again from its record, or judge it under another policy",
  help: `Usage: replay RUN_DIR... [--json]
       replay RUN_DIR... --policy FILE [--json | --csv] [--fail-on-flip]

Executes the loop again with the model's answers and the tools' results taken
from the record, and prints the first event that differs. Nothing is asked,
fetched, read or run. A folder means all runs below it; links and other skipped
entries are named on standard error.

  --policy FILE   instead, judge every recorded decision again under this policy,
                  from what was looked up then: how many decisions would change,
                  by rule, clause and tool, and then which, ten of each rule
  --json          print a line of JSON for each run; with --policy one object for
                  all runs, with totals and every decision that would change
  --csv           print a line of CSV for each decision that would change
  --fail-on-flip  exit with 2 when a decision would change

Exit codes: 0 every run comes to the same events, or was judged again; 2 a run
does not, or with --fail-on-flip a decision would change; 1 a record or the policy
cannot be read. A record that cannot be read does not keep the others from being
looked at.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["policy"],
      flags: ["json", "csv", "fail-on-flip"],
      operands: ["RUN_DIR..."],
    });
    const form = formOf(given);
    const policy = given.option("policy", readPolicyFile);
    if (policy === undefined) {
      for (const flag of ["csv", "fail-on-flip"]) {
        if (!given.flag(flag)) continue;
        throw new UsageError(`Cannot use --${flag} without --policy`);
      }
    }
    const runs = await namedRuns(given.operands, output);
    if (policy === undefined) {
      return await eachRun(runs, {
        output,
        async look(run) {
          const { events } = await run.ledger();
          const json = form === "json";
          const isSame = await sameEvents({ run, events }, { output, json });
          return isSame ? EXIT.ok : EXIT.no;
        },
      });
    }
    const judged = judgedRuns(policy, form, output);
    const failing = given.flag("fail-on-flip");
    const code = await eachRun(runs, {
      output,
      async look(run) {
        const { events } = await run.ledger();
        const flips = await judged.judge({ run, events });
        return failing && flips > 0 ? EXIT.no : EXIT.ok;
      },
    });
    judged.end();
    return code;
  },
};

interface Recorded {
  readonly run: RunRecord;
  readonly events: readonly RunEvent[];
}

interface Way {
  readonly output: Output;
  readonly json: boolean;
}

async function sameEvents(
  { run, events }: Recorded,
  { output, json }: Way,
): Promise<boolean> {
  const divergence = await onRecord(run, () => replayRecord(events));
  if (json) {
    const same = divergence === undefined;
    output.json({
      run: run.name,
      events: events.length,
      same,
      ...same ? {} : { seq: divergence.seq, ...differenceOf(divergence) },
    });
  } else {
    output.data(
      divergence === undefined
        ? `${oneLine(run.name)}: ${
          counted(events.length, "event")
        }, the same again`
        : told(run, divergence),
    );
  }
  return divergence === undefined;
}

/** The first place where an event differs. */
function differenceOf({ expected, found }: Divergence): ValueDifference {
  return eventDifference(expected, found) ?? { path: "", expected, found };
}

function told(run: RunRecord, divergence: Divergence): string {
  const { path, expected, found } = differenceOf(divergence);
  const [was, is] = valueExcerpts(expected, found);
  return [
    `${oneLine(run.place("state.jsonl"))}:${divergence.seq + 1}: ${
      names(divergence)
    }`,
    `  path:     ${oneLine(path) || "(the event)"}`,
    `  expected: ${was}`,
    `  got:      ${is}`,
  ].join("\n");
}

/** Names the run in errors about a record that this program cannot have written. */
async function onRecord<T>(
  run: RunRecord,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof InputError || cause instanceof RangeError)) {
      throw cause;
    }
    throw unusable(
      run.place("state.jsonl"),
      oneLine(cause.message, 500),
      { line: 1, cause },
    );
  }
}

function names({ expected, found }: Divergence): string {
  if (expected === undefined) return `an extra ${found?.type ?? "event"}`;
  if (found === undefined) return `no ${expected.type}`;
  return expected.type === found.type
    ? `another ${expected.type}`
    : `${found.type} instead of ${expected.type}`;
}

/** How the decisions that would change are written. */
type Form = "text" | "json" | "csv";

/** Writes what a policy would change; a line of CSV as soon as it is known. */
function judgedRuns(policy: Policy, form: Form, output: Output) {
  const runs: JudgedRun[] = [];
  if (form === "csv") output.data(FLIP_COLUMNS);
  return {
    /** Judges one run; returns how many of its decisions would change. */
    async judge({ run, events }: Recorded): Promise<number> {
      const again = await onRecord(run, () => redecide(events, policy));
      const ledger = run.place("state.jsonl");
      const judged = { run: run.name, ledger, ...again };
      if (form === "csv") {
        for (const row of flipRows(judged)) {
          output.data(row);
        }
      } else runs.push(judged);
      return again.flips.length;
    },
    /** Writes what is said of all runs together. */
    end(): void {
      if (form === "text") {
        for (const line of judgedRunsText(runs, policy.version)) {
          output.data(line);
        }
      } else if (form === "json") {
        output.json({
          policy: policy.version,
          runs: runs.length,
          decisions: runs.reduce((sum, { decisions }) => sum + decisions, 0),
          totals: flipTotals(runs.flatMap(({ flips }) => flips)),
          flips: runs.flatMap(({ run, flips }) =>
            flips.map((flip) => ({ run, ...flip }))
          ),
        });
      }
    },
  };
}

function formOf(given: CommandLine): Form {
  const [json, csv] = [given.flag("json"), given.flag("csv")];
  if (json && csv) {
    throw new UsageError("Cannot use --json and --csv at once");
  }
  return json ? "json" : csv ? "csv" : "text";
}
