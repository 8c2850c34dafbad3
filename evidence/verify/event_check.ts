import type { RunEvent } from "../../runtime/record/event.ts";
import type { FindingCode } from "./finding.ts";

/** What is wrong with an event, for people. */
export interface EventFault {
  readonly code: FindingCode;
  readonly message: string;
  /** Number of the event's line, where it is not the one that was taken last. */
  readonly line?: number | undefined;
}

/** Follows the events of a run in their order and says what is wrong with each. */
export interface EventCheck {
  /** Takes the next event; returns what is wrong with it, most telling first. */
  push(event: RunEvent): readonly EventFault[];
  /** Something is missing here, so what depends on all events is not known any more. */
  lose(): void;
}

/** A check of a run's events, and what it has in common with the program that recorded them. */
export interface StoryCheck {
  readonly start: () => EventCheck;
  /**
   * Code of the loop that the check uses, in words: a mistake there stays unseen.
   * `null` when the check is independent of the loop's code.
   */
  readonly shares: string | null;
}
