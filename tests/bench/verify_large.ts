/**
 * Writes a run with a large ledger and sound artifacts into a temporary folder,
 * verifies it in a process of its own, and prints how fast that went and how
 * much memory it took.
 *
 * @module
 */
import { hash } from "node:crypto";
import { join } from "../../deps.ts";
import { canonicalize } from "../../tools/data/canonicalize.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import {
  readArtifacts,
  runDirectory,
} from "../../evidence/store/run_directory.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import type {
  RunEvent,
  RunFinished,
  RunTotals,
} from "../../runtime/record/event.ts";
import { withOverrides } from "../../tasks/policy_overrides.ts";
import { eventsIn } from "../forgery.ts";
import { PROJECT } from "../program.ts";

const MEBI = 2 ** 20;
const [size = "1000"] = Deno.args;
const wanted = Number(size) * 1e6;
if (!(wanted > 0)) {
  throw new RangeError(`Cannot make a ledger of "${size}" MB: give a number`);
}

/** The canonical run, whose steps are repeated. */
function canonicalEvents(): readonly RunEvent[] {
  const runs = join(PROJECT, "runs");
  for (const { name } of Deno.readDirSync(runs)) {
    if (/^\d{4}-/.test(name)) return eventsIn(readArtifacts(join(runs, name)));
  }
  throw new Error("Cannot find the canonical run in runs/");
}

/** A policy under which a run may be as long as one likes. */
const PATIENT = withOverrides(
  loadPolicy(policyText, "policy/v1.yaml"),
  {
    loop_budget: {
      max_iterations: 1e9,
      max_tokens: 1e15,
      max_tool_calls: 1e9,
    },
    cycle_detection: { max_repeats: 1e6 },
  },
  "verify_large",
);

/** The steps of one round: most calls are such as no other round has. */
function varied(
  steps: readonly RunEvent[],
  round: number,
): readonly RunEvent[] {
  const events: RunEvent[] = JSON.parse(
    JSON.stringify(steps)
      .replaceAll("tracking API outage cause", `$&${round}`)
      .replaceAll("fixtures.local/op-07", `$&?${round}`)
      .replaceAll("## Summary", `$&${round}`),
  );
  const hashes = new Map(
    events.flatMap((event) =>
      event.type === "tool_started"
        ? [[
          event.call_id,
          hash(
            "sha256",
            JSON.stringify([event.tool, canonicalize(event.args)]),
          ),
        ]]
        : []
    ),
  );
  return events.map((event) =>
    event.type === "policy_checked"
      ? { ...event, call_sha256: hashes.get(event.call_id ?? "") ?? null }
      : event
  );
}

/**
 * The canonical run with its steps but the last one repeated until the ledger
 * is about as large as wanted, and its last step after them. Numbers, keys and
 * totals are what they must be.
 */
async function* longEvents(bytes: number): AsyncGenerator<RunEvent> {
  const events = canonicalEvents();
  const [start, ...others] = events;
  const end = events.at(-1);
  if (start?.type !== "run_started" || end?.type !== "run_finished") {
    throw new Error("Cannot repeat a run that is not whole");
  }
  const lastStep = end.step;
  const middle = others.filter(({ step }) => step < lastStep);
  const last = others.slice(middle.length, -1);
  const size = JSON.stringify(middle).length + middle.length * 150;
  const repetitions = Math.max(1, Math.ceil(bytes / size));
  let seq = 0;
  let now = BigInt(start.ts);
  let steps = 0;
  const runId = start.run_id;
  const tick = (event: RunEvent): RunEvent => {
    now += 1_000_000n;
    const placed = { ...event, seq: seq++, ts: `${now}`, step: steps };
    const { type } = placed;
    if (type !== "tool_started") {
      return "started_at" in placed
        ? { ...placed, started_at: `${now - 1_000n}` }
        : placed;
    }
    const key = canonicalize([runId, placed.seq, placed.tool, placed.args]);
    return { ...placed, idempotency_key: hash("sha256", key ?? "") };
  };
  const { version, sha256, text } = PATIENT;
  yield { ...start, policy: { version, sha256, text }, seq: seq++ };
  for (let round = 0; round < repetitions; round++) {
    for (const event of varied(middle, round)) {
      if (event.type === "step_started") steps += 1;
      yield tick(event);
    }
  }
  steps += 1;
  for (const event of last) yield tick(event);
  yield await Promise.resolve(finish(tick(end), end, repetitions));
}

function finish(
  event: RunEvent,
  { totals }: RunFinished,
  repetitions: number,
): RunEvent {
  if (event.type !== "run_finished") return event;
  const answerTokens = 2790 + 148;
  const grown: RunTotals = {
    steps: (totals.steps - 1) * repetitions + 1,
    llm_calls: (totals.llm_calls - 1) * repetitions + 1,
    tool_calls: totals.tool_calls * repetitions,
    policy_checks: totals.policy_checks * repetitions,
    denials: totals.denials * repetitions,
    attempts: totals.attempts * repetitions,
    tokens: (totals.tokens - answerTokens) * repetitions + answerTokens,
  };
  return { ...event, totals: grown };
}

/**
 * The largest resident set that a process has had so far, in bytes. Deno lets
 * nobody read below /proc who may not do everything, so another program does.
 */
async function peakOf(pid: number): Promise<number | undefined> {
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/status`],
    stderr: "null",
  }).output();
  const status = new TextDecoder().decode(stdout);
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

async function verified(folder: string, ...options: readonly string[]) {
  const begin = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--allow-read=${folder},${PROJECT}`,
      join(PROJECT, "mod.ts"),
      "verify",
      folder,
      ...options,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let peak: number | undefined;
  const polling = setInterval(async () => {
    peak = await peakOf(child.pid) ?? peak;
  }, 100);
  const { code, stdout } = await child.output();
  clearInterval(polling);
  const seconds = (performance.now() - begin) / 1000;
  return { code, seconds, peak, text: new TextDecoder().decode(stdout) };
}

const folder = Deno.makeTempDirSync();
try {
  {
    using sink = runDirectory(folder);
    await recordRun(longEvents(wanted), sink, {
      durability: "none",
      programVersion: "0.0.0",
      volatile: () => ({
        timestamp: "2026-11-22T09:00:00.000Z",
        wall_clock_seconds: 0,
        git_sha: null,
      }),
    });
  }
  const { size: bytes } = Deno.statSync(join(folder, "state.jsonl"));
  const { size: traceBytes } = Deno.statSync(join(folder, "trace.json"));
  console.log(
    `ledger  ${(bytes / 1e6).toFixed(0)} MB, trace ${
      (traceBytes / 1e6).toFixed(0)
    } MB`,
  );
  // In turn, since the machine may be faster now and slower then.
  for (const options of [[], ["--no-redecide"], [], ["--no-redecide"]]) {
    const { code, seconds, peak, text } = await verified(folder, ...options);
    if (code !== 0) {
      throw new Error(`Cannot verify what was written:\n${text}`);
    }
    console.log([
      text.trimEnd().replaceAll(folder, "the run"),
      `time    ${seconds.toFixed(1)} s, ${
        (bytes / 1e6 / seconds).toFixed(0)
      } MB/s of ledger`,
      `memory  ${
        peak === undefined ? "unknown" : `${(peak / MEBI).toFixed(0)} MiB`
      } at the most`,
    ].join("\n"));
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}
