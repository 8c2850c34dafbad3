import { CORPUS_V1 } from "../corpus/v1.ts";
import { join } from "../deps.ts";
import { openStaging } from "../evidence/store/staging.ts";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import taskText from "../tasks/canonical.yaml" with { type: "text" };
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import { loadTask } from "../tasks/task.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { runStore } from "./machine/run_store.ts";
import {
  checkRuns,
  type CommittedRun,
  emitRuns,
  RUNS,
} from "./scenario/suite.ts";

const CANONICAL_NAME = /^\d{4}-\d\d-\d\d_[0-9a-f]{8}_\d+$/;

/** `canonical`: make the demonstration run again, or compare it with what is committed. */
export const canonical: Command = {
  summary: "emit the canonical run, or re-emit it and compare",
  help: `Usage: canonical [--check] [--json]

Runs the canonical task over the corpus under policy/v1.yaml and leaves its four
artifacts in runs/<date>_<policy>_<seed>/ below the current folder.

  --check  compare every byte with what is in runs/, the three volatile values of
           the manifest aside; exit 2 when anything differs. The sandbox of the
           run is made in runs/.staging, so this too needs --allow-write=runs
  --json   print the result as JSON
`,
  async run(args, output) {
    const given = parseCommandLine(args, { flags: ["check", "json"] });
    const json = given.flag("json");
    const run = canonicalRun();
    using staging = openStaging(RUNS);
    const stale = await staleNames(run.name);
    if (given.flag("check")) {
      for (const name of stale) {
        output.error(
          `${join(RUNS, name)}: stale; the canonical run is ${run.name}`,
        );
      }
      const code = await checkRuns([run], { staging, output, json });
      return stale.length > 0 ? EXIT.no : code;
    }
    const code = await emitRuns([run], { staging, output, json });
    if (code !== EXIT.ok) return code;
    for (const name of stale) {
      Deno.removeSync(join(RUNS, name), { recursive: true });
      output.note(`removed ${join(RUNS, name)}, which this run replaces`);
    }
    return code;
  },
};

function canonicalRun(): CommittedRun {
  const task = loadTask(taskText, "tasks/canonical.yaml");
  const policy = loadPolicy(policyText, "policy/v1.yaml");
  const { started_at, seed } = task.document;
  const date = started_at.slice(0, "YYYY-MM-DD".length);
  const name = `${date}_${policy.sha256.slice(0, 8)}_${seed}`;
  return {
    name,
    scenario: { task, policy, documents: CORPUS_V1, runId: name },
  };
}

/** Other runs of the canonical task, under any policy; runs of other tasks are not touched. */
async function staleNames(current: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name } of Deno.readDirSync(RUNS)) {
    const isOther = name !== current && CANONICAL_NAME.test(name);
    if (isOther && await isCanonical(name)) found.push(name);
  }
  return found.sort();
}

async function isCanonical(name: string): Promise<boolean> {
  try {
    const ledger = await runStore.run(join(RUNS, name)).text("state.jsonl");
    const started = parseLedgerLine(ledger.split("\n", 1)[0] ?? "");
    return started.type === "run_started" && started.task.id === "canonical";
  } catch {
    return false;
  }
}
