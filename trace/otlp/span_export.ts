import type { RunEvent } from "../../runtime/record/event.ts";
import type { Attributes } from "../span.ts";
import { Delivery } from "./delivery.ts";
import type { SendSpans } from "./otlp_http.ts";
import { stoppable } from "./pause.ts";
import { SpanBatcher } from "./span_batcher.ts";
import { spanEncoder, type SpanForm } from "./span_encoder.ts";

/** What exporting needs of the outside world. */
export interface SpanExportWorld extends SpanForm {
  /** Sends one request; `otlpHttp` makes one. */
  readonly send: SendSpans;
  /** Waits `ms` milliseconds; rejects when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Draws from [0, 1), so that exporters which failed together try apart. */
  readonly random: () => number;
  /** Attributes of the resource, beside or instead of those that every run has. */
  readonly resource: Attributes;
  /** The part of an event that may leave the machine. */
  readonly redact: (event: RunEvent) => RunEvent;
}

/** How many spans of a run arrived. */
export interface SpansExported {
  /** Spans that the collector took. */
  readonly sent: number;
  /** Spans that did not reach it, or that it rejected. */
  readonly unsent: number;
  /** Why they did not arrive, the reasons joined by `; `; `undefined` when all did. */
  readonly reason: string | undefined;
}

/** Sends the spans of a run as they end. */
export interface SpanExport {
  /** Takes the next event. It never waits, and never fails. */
  push(event: RunEvent): void;
  /** Sends what is left, for a few seconds at most, and no longer than until `signal` aborts. */
  end(signal?: AbortSignal): Promise<SpansExported>;
}

/** How long a run that has ended waits for its last spans, in milliseconds. */
const GRACE_MS = 5000;

/**
 * Projects events to spans and sends them in batches, in the background and one
 * request at a time. A collector that is busy or cannot be reached is tried again,
 * later and later, while the queue, which is bounded, fills. Once the run has ended,
 * a collector that cannot be reached is not tried again, and nothing takes longer
 * than five seconds.
 */
export function spanExport(world: SpanExportWorld): SpanExport {
  const encoder = spanEncoder(world);
  const delivery = new Delivery(world);
  const batcher = new SpanBatcher({
    deliver: (spans) => delivery.deliver(encoder.request(spans)),
    wait: world.wait,
  });
  return {
    push: (event) => batcher.add(encoder.encode(event)),
    async end(interrupted) {
      delivery.hurry();
      const { signal, stop } = stoppable(interrupted);
      const grace = world.wait(GRACE_MS, signal).then(
        () => delivery.abandon(new DOMException("", "TimeoutError")),
        () => delivery.abandon(interrupted?.reason),
      );
      const { sent, unsent, reasons } = await batcher.end();
      stop();
      await grace;
      return { sent, unsent, reason: [...reasons].join("; ") || undefined };
    },
  };
}
