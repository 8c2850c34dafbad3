/** How long a session has been busy: a call was under way and did not wait for a person. */
export interface BusyTime {
  /** A call begins, or goes on after a person has answered; `at` in nanoseconds. */
  goes(at: bigint): void;
  /** A call is over, or waits for a person. */
  rests(at: bigint): void;
  /** Seconds up to a moment. */
  secondsAt(at: bigint): number;
}

/** A session that has done nothing yet. */
export function busyTime(): BusyTime {
  let calls = 0;
  let since = 0n;
  let spent = 0n;
  return {
    goes(at) {
      if (calls === 0) since = at;
      calls += 1;
    },
    rests(at) {
      calls = Math.max(0, calls - 1);
      if (calls === 0) spent += at - since;
    },
    secondsAt: (at) => Number(calls === 0 ? spent : spent + at - since) / 1e9,
  };
}
