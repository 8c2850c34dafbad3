/** What is known of a path when it is judged; no path of the machine is in it. */
export interface PathFacts {
  /**
   * Where the path leads, every link followed: `<sandbox>/…` inside, the
   * literal path outside, `<outside>` when a link leads out.
   */
  readonly resolved: string;
  readonly inside: boolean;
  /** True when a link was followed on the way. */
  readonly viaLink: boolean;
  /** True when `..` comes after a link, so that spelling and kernel disagree. */
  readonly dotdotAfterLink: boolean;
  readonly kind: "file" | "directory" | "missing" | "other";
  /** Number of hard links of an existing file; 0 when there is none. */
  readonly links: number;
}

/**
 * One directory that a run may read and write. Paths are relative to it, or
 * absolute inside it. Tools go through it and never see a checked path string.
 */
export interface Sandbox {
  /** Looks a path up for the policy; opens nothing. */
  inspect(path: string): PathFacts;

  /**
   * Returns the text of a regular file, verified after opening.
   *
   * @throws {ToolError} `not_found`, `not_a_file`, `too_large`, `not_text`, `sandbox_violation`, `io_error`
   */
  readText(path: string): Promise<string>;

  /**
   * Replaces or creates a file by way of a temporary one, and creates its
   * parents. Returns the number of bytes written.
   *
   * @throws {ToolError} `not_a_file`, `sandbox_violation`, `io_error`
   */
  writeText(path: string, text: string): Promise<number>;
}
