import type { Leftover } from "./leftover.ts";

/** Where a text goes, and how its path was given. */
export interface WriteTarget {
  readonly path: string;
  /** The place that was judged, inside `root`. */
  readonly place: string;
  readonly root: string;
  /** Called with an entry that was made and cannot be removed, and its intended place. */
  readonly left: (kind: Leftover["kind"], place: string) => void;
}
