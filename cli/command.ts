/** What a command writes to; the process has the real one. */
export interface Output {
  /** Data, on standard output. */
  data(text: string): void;
  /** Progress and diagnostics, on standard error. */
  note(text: string): void;
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
  /** A provider or the network could not be reached; later it may be. */
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
