import type { RunEvent, RunStarted } from "../../runtime/record/event.ts";

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * Whether a run of the command line goes by a virtual clock, which moves 1 ms with
 * each reading, and so says nothing of how long anything took: where no model is
 * asked, this program takes such a clock.
 */
export function isOnVirtualClock({ llm }: Pick<RunStarted, "llm">): boolean {
  return llm.execution_path === "stub" || llm.execution_path === "replay";
}

/** A time in nanoseconds since the Unix epoch as RFC 3339 in UTC; the nanoseconds where that has no date. */
export function instantText(ns: bigint): string {
  const date = new Date(Number(ns / NANOSECONDS_PER_MS));
  return Number.isNaN(date.getTime())
    ? `${ns} ns after the Unix epoch`
    : date.toISOString();
}

/** The clock of a run, as its events tell it. */
export interface RunClock {
  /** Takes the next event; returns how many milliseconds it came after the first one. */
  push(event: RunEvent): number;
  /** Whether it was a virtual one, as far as the events so far can tell. */
  readonly isVirtual: boolean;
  /** When the first event came, RFC 3339 in UTC; its nanoseconds where that has no date. */
  readonly began: string;
  /** Milliseconds from the first event to the last. */
  readonly tookMs: number;
}

/**
 * Begins with the first event. A program of one's own may go by a real clock without
 * asking a model; no real clock reads whole milliseconds each time.
 */
export function runClock(): RunClock {
  let first: bigint | undefined;
  let isVirtual = true;
  let tookMs = 0;
  return {
    push(event) {
      const ts = BigInt(event.ts);
      first ??= ts;
      if (event.type === "run_started") isVirtual = isOnVirtualClock(event);
      if (ts % NANOSECONDS_PER_MS !== 0n) isVirtual = false;
      tookMs = Number((ts - first) / 1000n) / 1000;
      return tookMs;
    },
    get isVirtual() {
      return isVirtual;
    },
    get began() {
      return instantText(first ?? 0n);
    },
    get tookMs() {
      return tookMs;
    },
  };
}

/** A time in seconds, to the millisecond. */
export function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
