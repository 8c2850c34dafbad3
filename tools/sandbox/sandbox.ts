import type { JudgedPlace } from "./judged_place.ts";

/** How the root is written in recorded paths. */
export const SANDBOX_ROOT = "<sandbox>";

/**
 * What is known about a path when it is judged, without absolute paths of the
 * machine. It does not depend on whether an ordinary file exists there.
 */
export interface PathFacts {
  /**
   * Where the path leads, every link followed: `<sandbox>/…` inside, `<outside>`
   * when a link leads out or nowhere. A path that is outside by its spelling is
   * normalised, a relative one as `<sandbox>/../…`.
   */
  readonly resolved: string;
  /** Whether it leads into the sandbox, or to the root itself; false when that is unknown. */
  readonly inside: boolean;
  /** True when a link was followed on the way, or leads nowhere; false for a path that is outside by its spelling. */
  readonly viaLink: boolean;
  /** True when `..` comes after a link, so that spelling and kernel disagree. */
  readonly dotdotAfterLink: boolean;
  /** True when it is a device, a socket or a FIFO; false outside. */
  readonly special: boolean;
  /** True when it is a file that also has another name, a hard link; false outside. */
  readonly hardLinked: boolean;
  /** Said of a place inside that no tool may touch: the policy, the record of a run. */
  readonly closed?: true | undefined;
}

/** Which bytes of a file are asked for. */
export interface PageRequest {
  /** The first byte, from 0. */
  readonly offset: number;
  /** At most so many, 4 or more, so that a character fits. */
  readonly maxBytes: number;
}

/** Whole characters of a file. */
export interface Page {
  /** The text. */
  readonly text: string;
  /** Where the text begins: at the byte that was asked for, or the next character. */
  readonly offset: number;
  /** How many bytes of the file the text is. */
  readonly bytes: number;
  /** How many bytes the whole file has. */
  readonly total: number;
}

/**
 * One directory that a run may read and write. It opens only places that the
 * policy has judged: it resolves no path again, follows no link, and verifies
 * what it has opened, since another program may have changed that place.
 */
export interface Sandbox {
  /** Looks a path up for the policy, relative to the directory or absolute inside it; opens nothing. */
  inspect(path: string): PathFacts;

  /**
   * Returns the text of a regular file with one link, verified after opening,
   * without a byte order mark.
   *
   * @throws {ToolError} `not_found`, `not_a_file`, `too_large`, `not_text`,
   *   `io_error`; `sandbox_violation` when the path leads to another place or a
   *   link now
   */
  readText(judged: JudgedPlace): Promise<string>;

  /**
   * Returns some bytes of a file of any size, verified in the same way. Without
   * it `read` returns only whole files.
   *
   * @throws {ToolError} as `readText` does, without `too_large`
   */
  readPage?(judged: JudgedPlace, page: PageRequest): Promise<Page>;

  /**
   * Replaces or creates a file, and creates its parents. A reader may see part
   * of the text until it is all written, except in a file directly in the root.
   * Returns the number of bytes written, in UTF-8.
   *
   * @throws {ToolError} `not_a_file`, `io_error`; `sandbox_violation` when the
   *   path leads to another place or a link now
   */
  writeText(judged: JudgedPlace, text: string): Promise<number>;
}
