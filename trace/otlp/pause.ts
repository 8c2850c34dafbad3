/** Waits `ms` milliseconds; rejects when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** A wait that can be ended early. */
export class Pause {
  readonly #wait: Wait;
  #stop = () => {};

  /** Waits with `wait`. */
  constructor(wait: Wait) {
    this.#wait = wait;
  }

  /** Waits `ms` milliseconds, and no longer than until `until` aborts or `cut` is called. */
  async wait(ms: number, until?: AbortSignal): Promise<void> {
    const { signal, stop } = stoppable(until);
    this.#stop = stop;
    await this.#wait(ms, signal).catch(() => {});
    this.#stop = () => {};
  }

  /** Ends the wait, if there is one. */
  cut(): void {
    this.#stop();
  }
}

/** A signal that `stop` aborts, or another one. */
export function stoppable(
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
