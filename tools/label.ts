/**
 * What the flow of information over a run is followed by. `private`: what a tool
 * returns is not public. `untrusted`: outsiders can write what it returns. `sink`:
 * what it is given leaves, or the world changes.
 */
export const LABELS = ["private", "untrusted", "sink"] as const;

/** One of them. */
export type Label = typeof LABELS[number];
