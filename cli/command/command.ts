/** What a command writes to. */
export interface Output {
  /** Data for people, on standard output; control characters are spelled out. */
  data(text: string): void;
  /** Data for programs, on standard output: a value as JSON on one line. */
  json(value: unknown): void;
  /** The same of several values, a line each, written at once. */
  jsonLines(values: readonly unknown[]): void;
  /** Text for further processing, on standard output: unchanged, except on a terminal. */
  verbatim(text: string): void;
  /** Progress, hints and warnings, on standard error, spelled out like data; left out under `--quiet`. */
  note(text: string): void;
  /** Errors and questions, on standard error, even under `--quiet`. */
  error(text: string): void;
  /**
   * Replaces the last line of standard error, below everything else that is
   * written; an empty text removes it. Not there where standard error is no
   * terminal, and under `--quiet`.
   */
  readonly status?: ((text: string) => void) | undefined;
}

/** What a command exits with. */
export const EXIT = {
  /** The command did its work. */
  ok: 0,
  /** Usage, unreadable or malformed input, internal error. */
  error: 1,
  /** A check, a test or a governed run said no. */
  no: 2,
  /** The run waits for approval. */
  waiting: 3,
  /** A provider or the network could not be reached; a later try may succeed. */
  unreachable: 4,
} as const;

/** One command of the program. */
export interface Command {
  /** One line that says what it does. */
  readonly summary: string;
  /** The whole help text, usage first. */
  readonly help: string;
  /** Does the work and returns the exit code. */
  run(args: readonly string[], output: Output): number | Promise<number>;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
