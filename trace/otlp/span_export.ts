import type { RunEvent } from "../../runtime/record/event.ts";
import { encodeSpan, exportRequest } from "./otlp_json.ts";
import type { Exported, SendSpans } from "./otlp_http.ts";
import type { Attributes } from "../span.ts";
import { spanProjection } from "../span_projection.ts";

/** What exporting needs of the outside world. */
export interface SpanExportWorld {
  /** Sends one request; `otlpHttp` makes one. */
  readonly send: SendSpans;
  /** Waits `ms` milliseconds; rejects when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Draws from [0, 1), so that exporters which failed together try apart. */
  readonly random: () => number;
  /** Attributes of the resource, beside or instead of those that every run has. */
  readonly resource: Attributes;
  /** What may leave the machine of an event. */
  readonly redact: (event: RunEvent) => RunEvent;
}

/** What became of the spans of a run. */
export interface SpansExported {
  /** Spans that the collector took. */
  readonly sent: number;
  /** Spans that it did not get, or did not want. */
  readonly unsent: number;
  /** Why they did not arrive, one reason behind the other; `undefined` when all did. */
  readonly reason: string | undefined;
}

/** Sends the spans of a run as they end. */
export interface SpanExport {
  /** Takes the next event. It never waits, and never fails. */
  push(event: RunEvent): void;
  /** Sends what is left, for a few seconds at most, and no longer than until `signal` aborts. */
  end(signal?: AbortSignal): Promise<SpansExported>;
}

/** How many spans may wait; more are dropped and counted. OpenTelemetry's default. */
const MAX_QUEUE = 2048;
/** How many spans a request has at most. OpenTelemetry's default. */
const MAX_BATCH = 512;
/** How long spans wait for others, in milliseconds. */
const GATHER_MS = 1000;
/** How often a request is sent at most, and how long is waited between, in milliseconds. */
const MAX_ATTEMPTS = 5;
const BACKOFF_MS = 500;
/** How long a run that has ended waits for its last spans, in milliseconds. */
const GRACE_MS = 5000;

/**
 * Projects events to spans and sends them in batches, in the background and one
 * request at a time. What is busy or cannot be reached is tried again, later and
 * later, while the queue, which is bounded, fills. Once the run has ended,
 * nobody who cannot be reached is tried again, and nothing takes longer than five
 * seconds.
 */
export function spanExport(world: SpanExportWorld): SpanExport {
  const project = spanProjection();
  const queue: string[] = [];
  const given = new AbortController();
  let version = "";
  let totals = { sent: 0, unsent: 0 };
  const reasons = new Set<string>();
  let isEnding = false;
  let pumping: Promise<void> | undefined;
  /** Ends the wait for more spans. */
  let gathered = () => {};
  /** Ends the wait for a collector that was not there. */
  let hurry = () => {};

  /** Waits, until it is told not to; `stops` gets what to tell it with. */
  async function pause(
    ms: number,
    stops: (stop: () => void) => void,
  ): Promise<void> {
    const { signal, stop } = stoppable(given.signal);
    stops(stop);
    await world.wait(ms, signal).catch(() => {});
    stops(() => {});
  }

  function lose(count: number, why: string): void {
    totals = { ...totals, unsent: totals.unsent + count };
    reasons.add(why);
  }

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      if (!isEnding && queue.length < MAX_BATCH) {
        await pause(GATHER_MS, (stop) => gathered = stop);
      }
      const batch = queue.splice(0, MAX_BATCH);
      const became = await deliver(
        exportRequest(batch, { resource: world.resource, version }),
      );
      if (became.type === "accepted") {
        const rejected = Math.min(became.rejected, batch.length);
        totals = { ...totals, sent: totals.sent + batch.length - rejected };
        if (rejected > 0) lose(rejected, "the collector rejected them");
        continue;
      }
      lose(batch.length, became.reason);
      if (isEnding) lose(queue.splice(0).length, became.reason);
    }
    pumping = undefined;
  }

  /** Sends a request until somebody takes it or trying again is of no use. */
  async function deliver(request: string): Promise<Exported> {
    let before: Exported | undefined;
    for (let attempt = 1;; attempt++) {
      const became = await world.send(request, given.signal);
      if (given.signal.aborted && became.type === "unreachable") {
        // What came of the try before tells more than that this one was left behind.
        return before ?? became;
      }
      if (attempt === MAX_ATTEMPTS) return became;
      const backoff = Math.round(
        BACKOFF_MS * 2 ** (attempt - 1) * (0.8 + 0.4 * world.random()),
      );
      if (became.type === "busy") {
        await pause(Math.max(became.afterMs ?? 0, backoff), () => {});
      } else if (became.type === "unreachable" && !isEnding) {
        await pause(backoff, (stop) => hurry = stop);
      } else return became;
      if (given.signal.aborted) return became;
      before = became;
    }
  }

  return {
    push(event) {
      if (event.type === "run_started") version = String(event.v);
      for (const span of project(world.redact(event))) {
        if (queue.length < MAX_QUEUE) queue.push(encodeSpan(span));
        else lose(1, "more of them ended than could be sent");
      }
      if (queue.length === 0) return;
      if (queue.length >= MAX_BATCH) gathered();
      pumping ??= pump();
    },
    async end(interrupted) {
      isEnding = true;
      gathered();
      hurry();
      const { signal, stop } = stoppable(interrupted);
      const grace = world.wait(GRACE_MS, signal)
        .then(
          () => given.abort(new DOMException("", "TimeoutError")),
          () => given.abort(interrupted?.reason),
        );
      await pumping;
      stop();
      await grace;
      return { ...totals, reason: [...reasons].join("; ") || undefined };
    },
  };
}

/** A signal that `stop` aborts, or another one. */
function stoppable(
  other?: AbortSignal,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  return {
    signal: other === undefined
      ? controller.signal
      : AbortSignal.any([controller.signal, other]),
    stop,
  };
}
