import type { TimelineEntry } from "./timeline.ts";

/** Writes an entry of a timeline as a line of a table, for people. */
export function timelineLine(
  { at_ms, step, what, text }: TimelineEntry,
): string {
  return [
    at_ms.toFixed(0).padStart(8) + " ms",
    (step === 0 ? "" : String(step)).padStart(3),
    what.padEnd(8),
    text,
  ].join("  ").trimEnd();
}
