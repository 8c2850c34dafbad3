import type { CycleLimits } from "../document/document.ts";

/** How the newest call repeats what came before it. */
export interface Repetition {
  /** How often the newest call was proposed in this run, itself included. */
  readonly identical: number;
  /** The rotation that the newest call completes, when there is one. */
  readonly rotation?: { readonly period: number; readonly rounds: number };
}

/** The calls that one run has proposed, as far back as a limit can reach. */
export class CallHistory {
  readonly #counts = new Map<string, number>();
  readonly #recent: string[] = [];
  readonly #limits: CycleLimits;

  /** Starts empty; `limits` bound the search for rotations, not the counts. */
  constructor(limits: CycleLimits) {
    this.#limits = limits;
  }

  /** Takes a call in. `key` is equal for identical calls and only for them. */
  add(key: string): Repetition {
    const { max_period, max_repeats } = this.#limits;
    const identical = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, identical);
    this.#recent.push(key);
    if (this.#recent.length > max_period * max_repeats) this.#recent.shift();
    // A rotation comes round only when its calls have been made before.
    const rotation = identical < max_repeats ? undefined : this.#rotation();
    return rotation === undefined ? { identical } : { identical, rotation };
  }

  #rotation(): Repetition["rotation"] {
    const { max_period, max_repeats } = this.#limits;
    for (let period = 2; period <= max_period; period++) {
      if (this.#isRotation(period, period * max_repeats)) {
        return { period, rounds: max_repeats };
      }
    }
  }

  /** Whether the last `length` calls are one group of `period` calls over and over. */
  #isRotation(period: number, length: number): boolean {
    const calls = this.#recent.slice(-length);
    if (calls.length < length || calls.length <= period) return false;
    return new Set(calls.slice(0, period)).size > 1 &&
      calls.every((key, index) =>
        index < period || key === calls[index - period]
      );
  }
}
