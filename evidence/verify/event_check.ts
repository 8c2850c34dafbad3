import type { RunEvent } from "../../runtime/record/event.ts";
import type { FindingCode } from "./finding.ts";
import type { PolicyReader } from "./policy_reader.ts";

/** A fault of an event, for people. */
export interface EventFault {
  readonly code: FindingCode;
  readonly message: string;
  /** Number of the event's line, if it is not the last one taken. */
  readonly line?: number | undefined;
}

/** Follows the events of a run in order and reports the faults of each. */
export interface EventCheck {
  /** Takes the next event; returns its faults, the most informative first. */
  push(event: RunEvent): readonly EventFault[];
  /** Events are missing here, so what depends on all events is unknown from now on. */
  lose(): void;
}

/** A check of a run's events, and what it has in common with the program that recorded them. */
export interface StoryCheck {
  /** `policies` is `undefined` when there is nothing that reads policies. */
  readonly start: (policies: PolicyReader | undefined) => EventCheck;
  /**
   * Code of the loop that the check uses, in words: a mistake there stays unseen.
   * `null` when the check is independent of the loop's code.
   */
  readonly shares: string | null;
}
