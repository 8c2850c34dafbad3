import type { Leftover } from "./leftover.ts";

/** Where a text goes, and how its path was given. */
export interface WriteTarget {
  readonly path: string;
  /** The place that was judged, inside `root`. */
  readonly place: string;
  readonly root: string;
  /** Hears of what was made and cannot be taken away, and for which place. */
  readonly left: (kind: Leftover["kind"], place: string) => void;
}
