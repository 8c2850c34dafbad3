import type { Env } from "../env.ts";
import type { Tool } from "../../tools/tool.ts";
import type { RecordedTool, ToolStarted } from "../record/event.ts";
import { toolOnRecord } from "../record/recorded_tool.ts";
import { validationOf } from "./recorded_answers.ts";
import type { RecordCursor } from "./record_cursor.ts";

/** How a run continues after its record. */
export interface Afterwards {
  /** The outside world from then on; `start` is the first reading that its clock may give. */
  env(start: bigint): Omit<Env, "signal">;
  /** Cancels the run, from then on. */
  readonly signal: AbortSignal;
  /**
   * Hears that the intent with this `seq`, which has no receipt, is carried out
   * again, and is waited for; where it throws, the run ends with that error, as it is
   * no outcome of the call. Default: none is, and their outcomes stay unknown.
   */
  readonly sentAgain?: ((seq: number) => void | Promise<void>) | undefined;
  /** Makes a tool of one that came to a list during the run. Default: it cannot be run. */
  readonly toolOf?: ((recorded: RecordedTool) => Tool | undefined) | undefined;
}

/** Where a rerun is: inside its record or beyond it. */
export interface RerunState {
  readonly cursor: RecordCursor;
  readonly continuation: Continuation;
}

/** The outside world; `expire` lets time pass where its clock is virtual. */
type World = Omit<Env, "signal"> & { expire?(): void };

const MILLISECOND = 1_000_000n;

/** The outside world and the signal of a rerun: closed until its record ends. */
export class Continuation {
  readonly #cursor: RecordCursor;
  readonly #afterwards: Afterwards | undefined;
  readonly #cancellation = new AbortController();
  readonly #sent = new Set<string>();
  #world: World | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Without `afterwards` the run ends with its record. */
  constructor(cursor: RecordCursor, afterwards: Afterwards | undefined) {
    this.#cursor = cursor;
    this.#afterwards = afterwards;
  }

  /** Whether the run continues after its record. */
  get goesOn(): boolean {
    return this.#afterwards !== undefined;
  }

  /** Whether an intent without a receipt may be carried out again. */
  get sendsAgain(): boolean {
    return this.#afterwards?.sentAgain !== undefined;
  }

  /** Cancels the rerun. */
  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }

  /**
   * The outside world, once the record has ended.
   *
   * @throws {DivergenceError} before that, and when the run ends with its record
   */
  world(): World {
    if (!this.#cursor.hasEnded) throw this.#cursor.divergence();
    return this.open();
  }

  /**
   * The outside world, even inside the record: for a recorded attempt that has
   * to be made again.
   *
   * @throws {DivergenceError} when the run ends with its record
   */
  open(): World {
    if (this.#afterwards === undefined) throw this.#cursor.divergence();
    const { lastReading = -MILLISECOND } = this.#cursor;
    this.#world ??= this.#afterwards.env(lastReading + MILLISECOND);
    return this.#world;
  }

  /** Has the run's own signal cancel it from here on. */
  followSignal(): void {
    if (this.#afterwards === undefined) return;
    const { signal } = this.#afterwards;
    const abort = () => this.#cancellation.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  }

  /** The intent on record with a key whose outcome is unknown; `undefined` once it was sent again. */
  unknown(idempotencyKey: string): ToolStarted | undefined {
    return this.#sent.has(idempotencyKey)
      ? undefined
      : this.#cursor.openIntents.get(idempotencyKey);
  }

  /** Reports that an intent, which has no receipt, is carried out again. */
  async sendAgain({ idempotency_key, seq }: ToolStarted): Promise<void> {
    this.#sent.add(idempotency_key);
    this.followSignal();
    try {
      await this.#afterwards?.sentAgain?.(seq);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  /** Throws why an intent could not be reported: its call was not carried out again. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** A tool that came to a list during the run. */
  toolOf(recorded: RecordedTool): Tool {
    return this.#afterwards?.toolOf?.(recorded) ??
      toolOnRecord(recorded, (value) => validationOf(this.#cursor.next, value));
  }

  /** Cancels the run, as it was on record. */
  cancel(): void {
    this.#cancellation.abort();
  }

  /** Lets time pass until the last deadline of the outside world. */
  expire(): void {
    this.#world?.expire?.();
  }
}
