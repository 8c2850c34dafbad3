/** How the root is written wherever a path is recorded. */
export const SANDBOX_ROOT = "<sandbox>";

/**
 * What is known of a path when it is judged; it adds no path of the machine.
 * Whether an ordinary file is there already makes no difference.
 */
export interface PathFacts {
  /**
   * Where the path leads, every link followed: `<sandbox>/…` inside, `<outside>`
   * when a link leads out or nowhere. A path that is outside by its spelling
   * stands here normalised, a relative one as `<sandbox>/../…`.
   */
  readonly resolved: string;
  /** Whether it leads into the sandbox, or to the root itself; false when that cannot be told. */
  readonly inside: boolean;
  /** True when a link was followed on the way, or leads nowhere; false for a path that is outside by its spelling. */
  readonly viaLink: boolean;
  /** True when `..` comes after a link, so that spelling and kernel disagree. */
  readonly dotdotAfterLink: boolean;
  /** True when a device, a socket or a FIFO stands there; false outside. */
  readonly special: boolean;
  /** True when a file stands there that has another name, a hard link; false outside. */
  readonly hardLinked: boolean;
}

/**
 * One directory that a run may read and write. Paths are relative to it, or
 * absolute inside it. It verifies each path again when it opens the file, since
 * a path that was judged may lead elsewhere by then.
 */
export interface Sandbox {
  /** Looks a path up for the policy; opens nothing. */
  inspect(path: string): PathFacts;

  /**
   * Returns the text of a regular file with one link, verified after opening,
   * without a byte order mark.
   *
   * @throws {ToolError} `not_found`, `not_a_file`, `too_large`, `not_text`, `sandbox_violation`, `io_error`
   */
  readText(path: string): Promise<string>;

  /**
   * Replaces or creates a file, and creates its parents. A reader may see part
   * of the text until it is all written, except in a file directly in the root.
   * Returns the number of bytes written, in UTF-8.
   *
   * @throws {ToolError} `not_a_file`, `sandbox_violation`, `io_error`
   */
  writeText(path: string, text: string): Promise<number>;
}
