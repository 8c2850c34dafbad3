/** Two clocks in milliseconds: one that people see, and one that nobody sets. */
export interface Clocks {
  /** Milliseconds since the epoch; it counts on while the machine is suspended. */
  wall(): number;
  /** Milliseconds since some moment; it never jumps. */
  monotonic(): number;
}

/** A moment on both clocks. */
export type Moment = Readonly<Record<keyof Clocks, number>>;

/** How long before the end of its lease a holder stops, in milliseconds. */
export const LEASE_MARGIN_MS = 1000;

/**
 * Tells whether the holder of a lease may begin an effect. The lease on the
 * database began no earlier than the last acknowledged statement that renewed
 * it, so what has elapsed since that statement *began* is at most what the
 * database counts. A holder that was paused for longer shuts for good: its
 * successor may have begun.
 */
export class LeaseGuard {
  readonly #leaseMs: number;
  readonly #clocks: Clocks;
  #renewed: Moment;
  #isShut = false;

  /** The statement that took the lease began at `taken`. */
  constructor(
    { leaseMs, clocks, taken }: {
      readonly leaseMs: number;
      readonly clocks: Clocks;
      readonly taken: Moment;
    },
  ) {
    this.#leaseMs = leaseMs;
    this.#clocks = clocks;
    this.#renewed = taken;
  }

  /** Now, on both clocks; a statement takes it before it is sent. */
  moment(): Moment {
    return momentOf(this.#clocks);
  }

  /** Hears that a statement which renewed the lease was acknowledged, and when it began. */
  renewed(began: Moment): void {
    if (began.monotonic > this.#renewed.monotonic) this.#renewed = began;
  }

  /** How long effects may still begin, in milliseconds, by the clock that went further. */
  get remainingMs(): number {
    const now = this.moment();
    const elapsed = Math.max(
      now.wall - this.#renewed.wall,
      now.monotonic - this.#renewed.monotonic,
    );
    return this.#leaseMs - LEASE_MARGIN_MS - elapsed;
  }

  /** Whether the lease may be over, or was given up; once it is, it stays so. */
  get isShut(): boolean {
    if (this.remainingMs <= 0) this.#isShut = true;
    return this.#isShut;
  }

  /** Gives the lease up. */
  shut(): void {
    this.#isShut = true;
  }
}

/** Now, on both clocks. */
export function momentOf(clocks: Clocks): Moment {
  return { wall: clocks.wall(), monotonic: clocks.monotonic() };
}
