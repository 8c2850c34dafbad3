import type { RunEvent } from "../runtime/record/event.ts";

/** A text that grows with the events of a run. */
export interface TextProjection {
  /** Returns what the event adds to the text. */
  push(event: RunEvent): string;
  /** Returns the rest of the text; called once. */
  end(): string;
}
