import type { PolicyChecked, ToolStarted } from "../runtime/record/event.ts";

/** What the spans of a call need of its earlier events. */
export interface RunningCall {
  readonly allowedBy?: PolicyChecked | undefined;
  readonly intent?: ToolStarted | undefined;
}
