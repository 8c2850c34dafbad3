import type { RunEvent } from "../record/event.ts";
import type { CallOutcome } from "./call_outcome.ts";
import type { Session } from "./session.ts";

/** A call on its way, as `toolCall` makes it. */
export type CallEvents = AsyncGenerator<RunEvent, CallOutcome>;

/** Calls that run side by side. */
export interface SideBySide {
  /**
   * Adds a call, which begins when there is a place for it. Resolves with its
   * outcome once everything about it is on record.
   */
  add(call: CallEvents): Promise<CallOutcome>;
  /** No call will be added any more. */
  end(): void;
  /**
   * The events of all calls, in the order in which they happened. It waits for
   * calls to be added until there will be no more. As everywhere, the consumer
   * puts an event on record before it asks for the next one; a call goes on only
   * then.
   *
   * @throws the first error that a call threw, after the others are over
   */
  events(): AsyncGenerator<RunEvent, void>;
  /** No event will be taken any more; what is not over fails with a `BrokenOffError`. */
  breakOff(): void;
}

/** Why a call has no outcome: its session is no longer recorded. */
export class BrokenOffError extends Error {
  override readonly name = "BrokenOffError";

  constructor() {
    super(
      "Cannot go on with the call: the events of its session are no longer taken",
    );
  }
}

/** The outcome of a call that came too late: another one has ended the run. */
const NOT_BEGUN: CallOutcome = {
  type: "ended",
  why: { type: "cancelled" },
  attempts: [],
};

/** A call, and what is known of it from outside. */
interface Entry {
  readonly events: CallEvents;
  readonly settle: PromiseWithResolvers<CallOutcome>;
  /** The `seq` of its `call_proposed`, once that is there. */
  call: number | undefined;
  /** Whether its next event is being made. */
  isGoing: boolean;
}

/**
 * Runs calls of a session side by side, at most `limit` at once. Where a record is
 * followed, only the call goes on whose event comes next there, so that all
 * others find in the record what they found then. After the record, and without
 * one, all of them go on.
 */
export function sideBySide(
  session: Session,
  { limit }: { readonly limit: () => number },
): SideBySide {
  const waiting: Entry[] = [];
  const running = new Set<Entry>();
  /** Events that wait to be put on record, at most one of each call. */
  const made: { readonly event: RunEvent; readonly by: Entry }[] = [];
  let isEnded = false;
  /** Whether the consumer has taken the last event, or has stopped taking them. */
  let isOver = false;
  /** Whether it was the last one. */
  let isWhole = false;
  let failure: { readonly error: unknown } | undefined;
  let news = Promise.withResolvers<void>();
  let due = session.nextSeq();

  function tell(): void {
    news.resolve();
    news = Promise.withResolvers();
  }

  function advance(entry: Entry): void {
    entry.isGoing = true;
    entry.events.next().then(
      (next) => {
        entry.isGoing = false;
        if (next.done) {
          running.delete(entry);
          entry.settle.resolve(next.value);
        } else {
          const event = next.value;
          if (event.type === "call_proposed") entry.call = event.seq;
          made.push({ event, by: entry });
        }
        tell();
      },
      (error) => {
        entry.isGoing = false;
        running.delete(entry);
        failure ??= { error };
        entry.settle.reject(error);
        tell();
      },
    );
  }

  /** Whether an event of the call waits to be put on record. */
  function isHeld(entry: Entry): boolean {
    return made.some(({ by }) => by === entry);
  }

  /** Where the event waits that comes next. */
  function nextMade(): number {
    return made.findIndex(({ event }) => event.seq === due);
  }

  function begin(): Entry | undefined {
    const entry = waiting.shift();
    if (entry === undefined) return undefined;
    if (session.progress.ended === undefined) {
      running.add(entry);
      return entry;
    }
    entry.settle.resolve(NOT_BEGUN);
    return begin();
  }

  /** Has calls go on that may. */
  function goOn(): void {
    const next = session.env.next?.();
    const begins = next?.type === "call_proposed" ||
      next?.type === "tools_changed";
    if (next?.call !== undefined || begins) {
      const entry = [...running].find(({ call }) => call === next?.call) ??
        (begins ? begin() : undefined);
      if (entry !== undefined) {
        if (!entry.isGoing && !isHeld(entry)) advance(entry);
        return;
      }
    }
    while (running.size < (next === undefined ? limit() : 1)) {
      if (begin() === undefined) break;
    }
    for (const entry of running) {
      if (!entry.isGoing && !isHeld(entry)) advance(entry);
    }
  }

  function breakOff(): void {
    isOver = true;
    for (const { settle } of [...running, ...waiting]) {
      settle.reject(new BrokenOffError());
    }
  }

  return {
    add(events) {
      const settle = Promise.withResolvers<CallOutcome>();
      if (isOver && isWhole) return Promise.resolve(NOT_BEGUN);
      if (isOver) return Promise.reject(new BrokenOffError());
      // A failure is thrown to the consumer of the events, too.
      settle.promise.catch(() => {});
      waiting.push({ events, settle, call: undefined, isGoing: false });
      tell();
      return settle.promise;
    },
    end() {
      isEnded = true;
      tell();
    },
    async *events() {
      try {
        while (true) {
          const { promise } = news;
          const at = nextMade();
          const ready = made[at];
          if (ready !== undefined) {
            yield ready.event;
            // Others may have come meanwhile, but after it.
            made.splice(at, 1);
            due += 1;
          }
          goOn();
          if (nextMade() >= 0) continue;
          if (running.size === 0 && waiting.length === 0 && isEnded) break;
          await promise;
        }
        isWhole = true;
        if (failure !== undefined) throw failure.error;
      } finally {
        breakOff();
      }
    },
    breakOff,
  };
}
