import type {
  RecordedTool,
  RunEvent,
  RunFinished,
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

/** Options for recording a run. */
export interface RecordOptions {
  /** Version of the program that makes the record; only the manifest has it. */
  readonly programVersion: string;
  /** Read once, when the run is over. */
  readonly volatile: () => Volatile;
  /** Default: `intent`. */
  readonly durability?: Durability;
  /** Whether the intent to run a tool need not survive a power cut. Default: `leavesNoTrace`. */
  readonly onlyReads?: ((tool: RecordedTool) => boolean) | undefined;
  /** Called with each event once its line has got as far as it must before the run continues. */
  readonly recorded?: ((event: RunEvent) => void) | undefined;
}

/**
 * `intent`: a line that announces an effect, and the last line, are on the disk
 * before the run continues; receipts, and lines before a wait, survive the
 * process. A call whose tool declares that it only reads has no effect. `none`:
 * lines share a write up to the next effect, and the operating system writes
 * them to the disk at its own time.
 */
export type Durability = "none" | "intent";

/**
 * Drives a run to its end. Each event becomes a ledger line before the next one
 * is asked for. Lines share a write, but the sink has all of them before an
 * effect, and, if `durability` asks for it, before the run waits. The run then
 * waits for the sink, so that no effect starts before its intent is safe. Trace
 * and report grow from the same events. Returns the run's last event. When the
 * run breaks off, the ledger is written as far as it got, and nothing is
 * committed.
 *
 * @throws {RangeError} when the events do not begin and end like those of a run
 * @throws {PendingApprovalError} when an answer of a person is missing: the
 *   ledger holds the question, and the run can be resumed
 * @throws {ModelOutageError} when the model is unavailable for now: the ledger
 *   holds every try, and the run can be resumed
 * @throws any other error of `events`, `sink` or `volatile`
 */
export async function recordRun(
  events: AsyncIterable<RunEvent>,
  sink: ArtifactSink,
  {
    programVersion,
    volatile,
    durability = "intent",
    onlyReads = leavesNoTrace,
    recorded,
  }: RecordOptions,
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
      if (event.type === "run_started") {
        readers = new Set(
          event.tools.filter(onlyReads).map(({ name }) => name),
        );
      }
      const reach = mustReach(event);
      if (reach === "disk" || durability === "intent" && reach === "system") {
        ledger.flush();
        const isRead = event.type === "tool_started" && readers.has(event.tool);
        const isSynced = reach === "disk" && durability === "intent" && !isRead;
        const reached = isSynced ? sink.sync() : sink.handOver?.();
        // Awaiting nothing would still take a turn of the event loop.
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

const NOT_A_RUN =
  "Cannot record a run that does not start and finish, once each";
