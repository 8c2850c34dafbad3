/**
 * What the flow of information over a run is followed by. `private`: what a tool
 * returns is not public. `untrusted`: outsiders can write what it returns. `sink`:
 * what it is given leaves, or the world changes.
 */
export type Label = "private" | "untrusted" | "sink";

/** All of them, in the order in which reasons name them. */
export const LABELS = [
  "private",
  "untrusted",
  "sink",
] as const satisfies readonly Label[];
