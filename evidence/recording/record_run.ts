import type {
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../runtime/record/event.ts";
import {
  hashChain,
  leavesNoTrace,
  mustReach,
} from "../../runtime/record/ledger.ts";
import { recordedRedaction } from "../report/recorded_redaction.ts";
import { artifactText } from "./artifact_text.ts";
import type { ArtifactName, ArtifactSink } from "../artifacts.ts";
import type { Volatile } from "./manifest.ts";
import { runProjection } from "./run_projection.ts";

/** What happens beside recording. */
export interface RecordOptions {
  /** Version of the program that makes the record; it stands in the manifest alone. */
  readonly programVersion: string;
  /** Read once, when the run is over. */
  readonly volatile: () => Volatile;
  /** Default: `intent`. */
  readonly durability?: Durability;
  /** Sees each event once its line has got as far as it must before the run goes on. */
  readonly recorded?: ((event: RunEvent) => void) | undefined;
}

/**
 * `intent`: what announces an effect, and the last line, is on the disk before
 * the run goes on, and receipts, and what comes before a wait, survive the
 * process. A call that by its tool's declaration only reads has no effect.
 * `none`: lines share a write up to the next effect, and the operating system
 * takes them to the disk when it likes.
 */
export type Durability = "none" | "intent";

/**
 * Drives a run to its end. Each event becomes a ledger line before the next one
 * is asked for; lines share a write, but before an effect all of them are with
 * the sink, and as `durability` asks also before the run waits. A sink that needs
 * time is waited for then, so that no effect starts before its intent is where it
 * must be. Trace and report
 * grow from the same events. Returns the run's last event. When the
 * run breaks off, the ledger is written as far as it got, and nothing is
 * committed.
 *
 * @throws {RangeError} when the events do not begin and end as a run does
 * @throws {PendingApprovalError} when a person has still to answer: the ledger holds
 *   the question, and the run can be resumed
 * @throws {ModelOutageError} when the model cannot be asked for the time being: the
 *   ledger holds every try, and the run can be resumed
 * @throws whatever else `events`, `sink` or `volatile` throw
 */
export async function recordRun(
  events: AsyncIterable<RunEvent>,
  sink: ArtifactSink,
  { programVersion, volatile, durability = "intent", recorded }: RecordOptions,
): Promise<RunFinished> {
  const grow = (name: ArtifactName) =>
    artifactText((bytes) => sink.append(name, bytes));
  const ledger = grow("state.jsonl");
  const projection = runProjection({
    "trace.json": grow("trace.json"),
    "run_report.md": grow("run_report.md"),
  }, recordedRedaction);
  const chain = hashChain();
  let readers: ReadonlySet<string> = new Set();
  try {
    for await (const event of events) {
      if (!projection.accepts(event)) throw new RangeError(NOT_A_RUN);
      ledger.append(chain.seal(event));
      if (event.type === "run_started") readers = readersAmong(event);
      const reach = mustReach(event);
      if (reach === "disk" || durability === "intent" && reach === "system") {
        ledger.flush();
        const isRead = event.type === "tool_started" && readers.has(event.tool);
        const isSynced = reach === "disk" && durability === "intent" && !isRead;
        const reached = isSynced ? sink.sync() : sink.handOver?.();
        // To wait for nothing takes a turn of the event loop too.
        if (reached !== undefined) await reached;
      }
      projection.push(event);
      recorded?.(event);
    }
  } finally {
    ledger.flush();
    await sink.handOver?.();
  }
  const ended = projection.end(
    () => ({ ...ledger.end(), head: chain.head }),
    { programVersion, volatile },
  );
  if (ended === undefined) throw new RangeError(NOT_A_RUN);
  const manifest = grow("manifest.json");
  manifest.append(ended.manifest);
  manifest.end();
  await sink.commit();
  return ended.finished;
}

/** The tools whose intents need not survive a power cut. */
function readersAmong({ tools }: RunStarted): ReadonlySet<string> {
  return new Set(tools.filter(leavesNoTrace).map(({ name }) => name));
}

const NOT_A_RUN =
  "Cannot record a run that does not start and finish, once each";
