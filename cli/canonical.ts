import { CORPUS_V1 } from "../corpus/v1.ts";
import { join } from "../deps.ts";
import {
  type Artifacts,
  type ArtifactSink,
  memorySink,
} from "../evidence/artifacts.ts";
import { differences } from "../evidence/differences.ts";
import { readArtifacts, runDirectory } from "../evidence/run_directory.ts";
import { openStaging, type Staging } from "../evidence/staging.ts";
import { loadPolicy, type Policy } from "../policy/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { loadTask, type Task } from "../tasks/task.ts";
import taskText from "../tasks/canonical.yaml" with { type: "text" };
import { readArguments } from "./arguments.ts";
import { type Command, EXIT, type Output } from "./command.ts";
import { describeDifference } from "./difference.ts";
import { describeEnd, execute, type Executed } from "./execute.ts";
import { noNetwork } from "./world.ts";

const RUNS = "runs";
const CANONICAL_NAME = /^\d{4}-\d\d-\d\d_[0-9a-f]{8}_\d+$/;

/** `canonical`: make the demonstration run again, or compare it with what is committed. */
export const canonical: Command = {
  summary: "emit the canonical run, or re-emit it and compare",
  help: `Usage: canonical [--check] [--json]

Runs the canonical task over the corpus under policy/v1.yaml and leaves its four
artifacts in runs/<date>_<policy>_<seed>/ below the current folder.

  --check  run in memory and compare every byte with what is in runs/;
           exit 2 when anything differs
  --json   print the result as JSON
`,
  async run(args, output) {
    const given = readArguments(args, { flags: ["check", "json"] });
    const job = canonicalJob();
    using staging = openStaging(RUNS);
    return given.flag("check")
      ? await check(job, staging, output)
      : await emit(job, staging, { output, json: given.flag("json") });
  },
};

interface Job {
  readonly task: Task;
  readonly policy: Policy;
  readonly runId: string;
}

function canonicalJob(): Job {
  const task = loadTask(taskText, "tasks/canonical.yaml");
  const policy = loadPolicy(policyText, "policy/v1.yaml");
  const { started_at, seed } = task.document;
  const date = started_at.slice(0, "YYYY-MM-DD".length);
  return {
    task,
    policy,
    runId: `${date}_${policy.sha256.slice(0, 8)}_${seed}`,
  };
}

async function emit(
  job: Job,
  staging: Staging,
  { output, json }: { readonly output: Output; readonly json: boolean },
): Promise<number> {
  using sink = runDirectory(staging.path(job.runId), { durability: "none" });
  const { finished } = await runJob(job, staging, sink);
  staging.swap(job.runId);
  for (const name of canonicalRuns()) {
    if (name === job.runId) continue;
    Deno.removeSync(join(RUNS, name), { recursive: true });
    output.note(`removed ${join(RUNS, name)}, which this run replaces`);
  }
  const { terminal_reason, answer, totals } = finished;
  const path = join(RUNS, job.runId);
  output.data(
    json
      ? JSON.stringify({ run: path, terminal_reason, answer, totals })
      : `${path}: ${describeEnd(finished)}`,
  );
  return EXIT.ok;
}

async function check(
  job: Job,
  staging: Staging,
  output: Output,
): Promise<number> {
  const sink = memorySink();
  await runJob(job, staging, sink);
  const path = join(RUNS, job.runId);
  const stale = canonicalRuns().filter((name) => name !== job.runId);
  const found = differences(sink.artifacts, committed(path));
  for (const name of stale) {
    output.note(
      `${join(RUNS, name)}: stale; the canonical run is ${job.runId}`,
    );
  }
  for (const each of found) {
    output.note(describeDifference({ ...each, name: join(path, each.name) }));
  }
  if (stale.length + found.length > 0) return EXIT.no;
  output.data(`${path}: all ${sink.artifacts.size} artifacts are as committed`);
  return EXIT.ok;
}

async function runJob(
  { task, policy, runId }: Job,
  staging: Staging,
  sink: ArtifactSink,
): Promise<Executed> {
  const sandbox = staging.path("sandbox");
  Deno.mkdirSync(sandbox, { recursive: true });
  const executed = await execute({
    task,
    policy,
    runId,
    documents: CORPUS_V1,
    sandbox,
    sink,
    network: noNetwork,
    waits: false,
    signal: new AbortController().signal,
  });
  if (executed.unused > 0) {
    throw new RangeError(
      `The run left ${executed.unused} steps of its script unused`,
    );
  }
  return executed;
}

function canonicalRuns(): readonly string[] {
  return [...Deno.readDirSync(RUNS)].map(({ name }) => name)
    .filter((name) => CANONICAL_NAME.test(name)).sort();
}

function committed(path: string): Artifacts {
  try {
    return readArtifacts(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}
