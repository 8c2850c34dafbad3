/** The right of one call to be judged while no other one is. */
export interface Turn extends Disposable {
  /** Waits until the turn has come; calls get it in the order in which they ask. */
  take(): Promise<void>;
  /** Lets the next one in; does nothing when the turn is not taken. */
  release(): void;
}

/** Lets one at a time through. The result makes a turn for each that wants to pass. */
export function oneAtATime(): () => Turn {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return () => {
    let isMine = false;
    function release(): void {
      if (!isMine) return;
      isMine = false;
      const next = waiting.shift();
      if (next === undefined) isTaken = false;
      else next();
    }
    return {
      async take() {
        if (isTaken) {
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
        [isTaken, isMine] = [true, true];
      },
      release,
      [Symbol.dispose]: release,
    };
  };
}
