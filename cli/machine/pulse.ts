/** The time for what is shown, and of no record. */
export interface Pulse {
  /** Milliseconds; never less than before. */
  now(): number;
  /** Calls `tick` every `ms` milliseconds until it is disposed of. */
  every(ms: number, tick: () => void): Disposable;
}

/** The time of this machine. */
export const machinePulse: Pulse = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
