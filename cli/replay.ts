import { eventDifference } from "../evidence/replay/event_difference.ts";
import { oneLine } from "../tools/data/untrusted_text.ts";
import { type Flip, redecide } from "../evidence/replay/redecide.ts";
import { verdictText } from "../evidence/replay/verdict_text.ts";
import { replay as replayRecord } from "../evidence/replay/replay.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { counted } from "../tools/data/counted.ts";
import { InputError, unusable } from "../tools/data/input_error.ts";
import { RULE_IDS } from "../policy/rule.ts";
import type { Policy } from "../policy/document/load.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import type { Divergence } from "../runtime/rerun/divergence.ts";
import { valueExcerpts } from "../tools/data/excerpt.ts";
import type { ValueDifference } from "../tools/data/value_difference.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT, type Output } from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { namedRuns } from "./input/named_runs.ts";

/** `replay`: execute runs again from their records, or judge them under another policy. */
export const replay: Command = {
  summary:
    "execute a run again from its record, or judge it under another policy",
  help: `Usage: replay RUN_DIR... [--policy FILE] [--json]

Executes the loop again with the model's answers and the tools' results taken
from the record, and prints the first event that differs. Nothing is asked,
fetched, read or run. A folder means all runs below it; links and other skipped
entries are named on standard error.

  --policy FILE  instead, judge every recorded decision again under this policy,
                 from the recorded facts, and list those that would change
  --json         print a line of JSON for each run

Exit codes: 0 every run gives the same events, or was judged again; 2 a run
differs; 1 a record or the policy cannot be read. An unreadable record does not
stop the replay of the others.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["policy"],
      flags: ["json"],
      operands: ["RUN_DIR..."],
    });
    const policy = given.option("policy", readPolicyFile);
    const json = given.flag("json");
    const runs = await namedRuns(given.operands, output);
    return await eachRun(runs, {
      output,
      async look(run) {
        const { events } = await run.ledger();
        if (policy === undefined) {
          const isSame = await sameEvents({ run, events }, { output, json });
          return isSame ? EXIT.ok : EXIT.no;
        }
        await judgeAgain({ run, events, policy }, { output, json });
        return EXIT.ok;
      },
    });
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

async function judgeAgain(
  { run, events, policy }: Recorded & { readonly policy: Policy },
  { output, json }: Way,
): Promise<void> {
  const { decisions, flips } = await onRecord(
    run,
    () => redecide(events, policy),
  );
  if (json) {
    output.json({ run: run.name, policy: policy.version, decisions, flips });
    return;
  }
  const summary = flips.length === 0
    ? "none would change"
    : `${flips.length} would change`;
  output.data(
    [
      `${oneLine(run.name)}: ${
        counted(decisions, "decision")
      }, ${summary} under policy ${policy.version}`,
      ...byRule(flips).map(describe),
    ].join("\n"),
  );
}

/** Flips in the order of the rules that cause them, then of the record. */
function byRule(flips: readonly Flip[]): readonly Flip[] {
  const rule = ({ was, is }: Flip) => is.rule_id ?? was.rule_id;
  return RULE_IDS.flatMap((id) => flips.filter((flip) => rule(flip) === id));
}

function describe({ seq, step, tool, was, is }: Flip): string {
  const who = tool === null ? "the run" : oneLine(tool);
  const why = is.reason === null ? "" : `: ${oneLine(is.reason, 500)}`;
  return `  line ${seq + 1}, step ${step}, ${who}: ${verdictText(was)} → ${
    verdictText(is)
  }${why}`;
}
