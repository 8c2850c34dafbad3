import { createHash } from "node:crypto";
import type { RunEvent, RunFinished, RunStarted } from "../runtime/event.ts";
import { hashChain, mustBeDurable } from "../runtime/ledger.ts";
import { otlpJson } from "../trace/otlp_json.ts";
import type { ArtifactName, ArtifactSink } from "./artifacts.ts";
import {
  type ArtifactDigest,
  manifestText,
  type Volatile,
} from "./manifest.ts";
import { runReport } from "./run_report.ts";

/** What happens beside recording. */
export interface RecordOptions {
  /** Read once, when the run is over. */
  readonly volatile: () => Volatile;
}

/**
 * Drives a run to its end and puts every event on record before the next one
 * is asked for: first the ledger, then what is projected from it. Returns the
 * run's last event.
 *
 * @throws {RangeError} when the events do not begin and end as a run does
 */
export async function recordRun(
  events: AsyncIterable<RunEvent>,
  sink: ArtifactSink,
  { volatile }: RecordOptions,
): Promise<RunFinished> {
  const chain = hashChain();
  const projections = [
    { name: "trace.json", text: otlpJson() },
    { name: "run_report.md", text: runReport() },
  ] as const;
  const digests = new Map<ArtifactName, TextDigest>();

  function append(name: ArtifactName, text: string): void {
    if (text === "") return;
    sink.append(name, text);
    let digest = digests.get(name);
    if (digest === undefined) digests.set(name, digest = textDigest());
    digest.update(text);
  }

  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  for await (const event of events) {
    const starts = event.type === "run_started";
    if (starts !== (started === undefined) || finished !== undefined) {
      throw new RangeError(NOT_A_RUN);
    }
    append("state.jsonl", chain.seal(event));
    if (mustBeDurable(event)) sink.sync();
    for (const { name, text } of projections) append(name, text.push(event));
    if (event.type === "run_started") started = event;
    if (event.type === "run_finished") finished = event;
  }
  if (started === undefined || finished === undefined) {
    throw new RangeError(NOT_A_RUN);
  }
  for (const { name, text } of projections) append(name, text.end());
  const artifacts: Record<string, ArtifactDigest> = {};
  for (const [name, digest] of digests) artifacts[name] = digest.end();
  sink.append(
    "manifest.json",
    manifestText({
      started,
      finished,
      head: chain.head,
      artifacts,
      volatile: volatile(),
    }),
  );
  sink.commit();
  return finished;
}

const NOT_A_RUN =
  "Cannot record a run that does not start and finish, once each";

interface TextDigest {
  update(text: string): void;
  end(): ArtifactDigest;
}

/** Hashes a text that comes in small pieces, many pieces at a time. */
function textDigest(): TextDigest {
  const encoder = new TextEncoder();
  const digest = createHash("sha256");
  let pending = "";
  let bytes = 0;
  function flush(): void {
    const chunk = encoder.encode(pending);
    digest.update(chunk);
    bytes += chunk.length;
    pending = "";
  }
  return {
    update(text) {
      pending += text;
      if (pending.length > 2 ** 16) flush();
    },
    end() {
      flush();
      return { sha256: digest.digest("hex"), bytes };
    },
  };
}
