import type { OtlpBody } from "./otlp_encoding.ts";
import type { Exported, SendSpans } from "./otlp_http.ts";
import { Pause, type Wait } from "./pause.ts";

/** How often a request is sent at most, and the waits between, in milliseconds. */
const MAX_ATTEMPTS = 5;
const BACKOFF_MS = 500;

/** What delivering needs of the outside world. */
interface DeliveryWorld {
  readonly send: SendSpans;
  readonly wait: Wait;
  /** Draws from [0, 1). */
  readonly random: () => number;
}

/** Delivers requests to a collector, one at a time. */
export class Delivery {
  readonly #world: DeliveryWorld;
  readonly #abandoned = new AbortController();
  /** The wait for a collector that is busy; it gets the time that it asks for. */
  readonly #busy: Pause;
  /** The wait for a collector that cannot be reached, which `hurry` ends. */
  readonly #unreachable: Pause;
  #isHurried = false;

  /** Sends with `world`. */
  constructor(world: DeliveryWorld) {
    this.#world = world;
    this.#busy = new Pause(world.wait);
    this.#unreachable = new Pause(world.wait);
  }

  /** Sends a request until the collector takes it or another try would not help. */
  async deliver(request: OtlpBody): Promise<Exported> {
    const { signal } = this.#abandoned;
    let before: Exported | undefined;
    for (let attempt = 1;; attempt++) {
      const became = await this.#world.send(request, signal);
      if (signal.aborted && became.type === "unreachable") {
        // The result of the previous try says more than that this one was
        // abandoned.
        return before ?? became;
      }
      if (attempt === MAX_ATTEMPTS) return became;
      const backoff = this.#backoffMs(attempt);
      if (became.type === "busy") {
        await this.#busy.wait(Math.max(became.afterMs ?? 0, backoff), signal);
      } else if (became.type === "unreachable" && !this.#isHurried) {
        await this.#unreachable.wait(backoff, signal);
      } else return became;
      if (signal.aborted) return became;
      before = became;
    }
  }

  /** From now on, does not wait for a collector that cannot be reached. */
  hurry(): void {
    this.#isHurried = true;
    this.#unreachable.cut();
  }

  /** Ends every try and every wait. */
  abandon(reason: unknown): void {
    this.#abandoned.abort(reason);
  }

  #backoffMs(attempt: number): number {
    const factor = 0.8 + 0.4 * this.#world.random();
    return Math.round(BACKOFF_MS * 2 ** (attempt - 1) * factor);
  }
}
