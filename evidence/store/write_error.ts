/** An artifact that cannot be written any further: the run stops where its record does. */
export class WriteError extends Error {
  /** Tells the error apart. */
  override readonly name = "WriteError";

  /** Names the file and what the system said. */
  constructor(path: string, cause: unknown) {
    // Deno adds the call and the path, which the message already has.
    const reason = cause instanceof Error
      ? cause.message.replace(/: \w+ '[^]*'$/, "")
      : String(cause);
    super(`Cannot write "${path}": ${reason}`, { cause });
  }
}
