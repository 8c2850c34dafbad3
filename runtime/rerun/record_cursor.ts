import type {
  AttemptFinished,
  RunEvent,
  ToolFinished,
  ToolStarted,
} from "../record/event.ts";
import { DivergenceError } from "./divergence.ts";
import { openIntents } from "./open_intents.ts";
import { readingsOf } from "./recorded_answers.ts";

/** How far a rerun has got in its record. */
export class RecordCursor {
  /** What is on record, from the first event. */
  readonly recorded: readonly RunEvent[];
  /** Intents at the end of the record that have no receipt, by their idempotency key. */
  readonly openIntents: ReadonlyMap<string, ToolStarted>;
  readonly #readings: readonly bigint[];
  #at = 0;
  #read = 0;

  /** Starts at the first event. */
  constructor(recorded: readonly RunEvent[]) {
    this.recorded = recorded;
    this.openIntents = openIntents(recorded);
    this.#readings = recorded.flatMap((event, index) =>
      readingsOf(event, recorded[index - 1])
    );
  }

  /** How many events the loop has made; it keeps counting beyond the record. */
  get at(): number {
    return this.#at;
  }

  /** The event that the loop must make next; `undefined` after the record. */
  get next(): RunEvent | undefined {
    return this.recorded[this.#at];
  }

  /** The event after `next`. */
  get following(): RunEvent | undefined {
    return this.recorded[this.#at + 1];
  }

  /** The receipt that follows an attempt which comes next, among the events of its call. */
  receiptOf({ call }: AttemptFinished): ToolFinished | undefined {
    for (let at = this.#at + 1; at < this.recorded.length; at++) {
      const event = this.recorded[at];
      if (event?.call !== call) continue;
      return event?.type === "tool_finished" ? event : undefined;
    }
  }

  /** Whether the loop has made all events of the record, and perhaps more. */
  get hasEnded(): boolean {
    return this.#at >= this.recorded.length;
  }

  /** Whether the loop has made exactly the events of the record. */
  get isAtEnd(): boolean {
    return this.#at === this.recorded.length;
  }

  /**
   * Whether the record ends before the receipt of the success that comes next, so
   * that its result is missing; for a model, before its answer.
   */
  get isResultLost(): boolean {
    const { next } = this;
    if (next?.type !== "attempt_finished" || next.outcome !== "success") {
      return false;
    }
    if (next.call === undefined) return this.#at + 1 === this.recorded.length;
    return this.receiptOf(next) === undefined &&
      this.openIntents.values().some(({ call }) => call === next.call);
  }

  /** The last clock reading of the record, in nanoseconds since the epoch. */
  get lastReading(): bigint | undefined {
    return this.#readings.at(-1);
  }

  /** Takes the next clock reading; `undefined` once all have been taken. */
  takeReading(): bigint | undefined {
    const reading = this.#readings[this.#read];
    this.#read += 1;
    return reading;
  }

  /** Moves on to the next event. */
  advance(): void {
    this.#at += 1;
  }

  /** The error for a loop that did something other than `next`. */
  divergence(found?: RunEvent): DivergenceError {
    return new DivergenceError({ seq: this.#at, expected: this.next, found });
  }
}
