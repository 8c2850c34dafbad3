import type { OtlpBody } from "./otlp_encoding.ts";
import type { Exported } from "./otlp_http.ts";
import { Pause, type Wait } from "./pause.ts";

/** How many spans may wait; more are dropped and counted. OpenTelemetry's default. */
const MAX_QUEUE = 2048;
/** How many spans a batch has at most. OpenTelemetry's default. */
const MAX_BATCH = 512;
/** How long spans wait for others, in milliseconds. */
const GATHER_MS = 1000;

/** The counts of delivered and dropped spans. */
interface SpanTotals {
  readonly sent: number;
  readonly unsent: number;
  /** Why spans were not sent. */
  readonly reasons: ReadonlySet<string>;
}

/** Gathers spans and delivers them in batches, in the background and one batch at a time. */
export class SpanBatcher {
  readonly #deliver: (spans: readonly OtlpBody[]) => Promise<Exported>;
  readonly #gathering: Pause;
  readonly #queue: OtlpBody[] = [];
  readonly #reasons = new Set<string>();
  #sent = 0;
  #unsent = 0;
  #isEnding = false;
  #pumping: Promise<void> | undefined;

  /** `deliver` never rejects. */
  constructor({ deliver, wait }: {
    readonly deliver: (spans: readonly OtlpBody[]) => Promise<Exported>;
    readonly wait: Wait;
  }) {
    this.#deliver = deliver;
    this.#gathering = new Pause(wait);
  }

  /** Takes encoded spans. It never waits: what does not fit in the queue is dropped. */
  add(spans: readonly OtlpBody[]): void {
    for (const span of spans) {
      if (this.#queue.length < MAX_QUEUE) this.#queue.push(span);
      else this.#lose(1, "more of them ended than could be sent");
    }
    if (this.#queue.length === 0) return;
    if (this.#queue.length >= MAX_BATCH) this.#gathering.cut();
    this.#pumping ??= this.#pump();
  }

  /** Delivers what is left, until a batch cannot be delivered. */
  async end(): Promise<SpanTotals> {
    this.#isEnding = true;
    this.#gathering.cut();
    await this.#pumping;
    const [sent, unsent, reasons] = [this.#sent, this.#unsent, this.#reasons];
    return { sent, unsent, reasons };
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      if (!this.#isEnding && this.#queue.length < MAX_BATCH) {
        await this.#gathering.wait(GATHER_MS);
      }
      const batch = this.#queue.splice(0, MAX_BATCH);
      this.#count(batch.length, await this.#deliver(batch));
    }
    this.#pumping = undefined;
  }

  #count(length: number, became: Exported): void {
    if (became.type === "accepted") {
      const rejected = Math.min(became.rejected, length);
      this.#sent += length - rejected;
      if (rejected > 0) this.#lose(rejected, "the collector rejected them");
      return;
    }
    this.#lose(length, became.reason);
    if (this.#isEnding) this.#lose(this.#queue.splice(0).length, became.reason);
  }

  #lose(count: number, why: string): void {
    this.#unsent += count;
    this.#reasons.add(why);
  }
}
