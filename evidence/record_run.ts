import type { RunEvent, RunFinished, RunStarted } from "../runtime/event.ts";
import { hashChain, mustReach } from "../runtime/ledger.ts";
import { otlpJson } from "../trace/otlp_json.ts";
import { artifactText } from "./_artifact_text.ts";
import type { ArtifactName, ArtifactSink } from "./artifacts.ts";
import { manifestText, type Volatile } from "./manifest.ts";
import { runReport } from "./run_report.ts";

/** What happens beside recording. */
export interface RecordOptions {
  /** Read once, when the run is over. */
  readonly volatile: () => Volatile;
  /** Default: `intent`. */
  readonly durability?: Durability;
}

/**
 * `intent`: what announces an effect, and the last line, is on the disk before
 * the run goes on; receipts, and what comes before a wait, survive the process.
 * `none`: lines share a write up to the next effect, and the operating system
 * takes them to the disk when it likes.
 */
export type Durability = "none" | "intent";

/**
 * Drives a run to its end. Each event becomes a ledger line before the next one
 * is asked for; lines share a write, but before an effect all of them are with
 * the sink, and as `durability` asks also before the run waits. Trace and report
 * grow from the same events. Returns the run's last event. When the
 * run breaks off, the ledger is written as far as it got, and nothing is
 * committed.
 *
 * @throws {RangeError} when the events do not begin and end as a run does
 * @throws whatever `events`, `sink` or `volatile` throw
 */
export async function recordRun(
  events: AsyncIterable<RunEvent>,
  sink: ArtifactSink,
  { volatile, durability = "intent" }: RecordOptions,
): Promise<RunFinished> {
  const grow = (name: ArtifactName) =>
    artifactText((bytes) => sink.append(name, bytes));
  const [ledger, trace, report] = [
    grow("state.jsonl"),
    grow("trace.json"),
    grow("run_report.md"),
  ];
  const chain = hashChain();
  const [spans, story] = [otlpJson(), runReport()];

  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  try {
    for await (const event of events) {
      const starts = event.type === "run_started";
      if (starts !== (started === undefined) || finished !== undefined) {
        throw new RangeError(NOT_A_RUN);
      }
      ledger.append(chain.seal(event));
      const reach = mustReach(event);
      if (reach === "disk" || durability === "intent" && reach === "system") {
        ledger.flush();
      }
      if (reach === "disk" && durability === "intent") sink.sync();
      trace.append(spans.push(event));
      report.append(story.push(event));
      if (event.type === "run_started") started = event;
      if (event.type === "run_finished") finished = event;
    }
  } finally {
    ledger.flush();
  }
  if (started === undefined || finished === undefined) {
    throw new RangeError(NOT_A_RUN);
  }
  trace.append(spans.end());
  report.append(story.end());
  const manifest = grow("manifest.json");
  manifest.append(manifestText({
    started,
    finished,
    head: chain.head,
    artifacts: {
      "state.jsonl": ledger.end(),
      "trace.json": trace.end(),
      "run_report.md": report.end(),
    },
    volatile: volatile(),
  }));
  manifest.end();
  sink.commit();
  return finished;
}

const NOT_A_RUN =
  "Cannot record a run that does not start and finish, once each";
