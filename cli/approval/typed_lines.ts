/**
 * Reads typed lines in order, one for each call. Gives `null` when the input has
 * ended, even after an unfinished line, and as soon as `signal` aborts; a line
 * that comes then is kept for the next call.
 */
export function typedLines(
  input: AsyncIterable<Uint8Array>,
): (signal: AbortSignal) => Promise<string | null> {
  const lines = linesOf(input);
  let next: Promise<string | null> | undefined;
  return async (signal) => {
    if (signal.aborted) return null;
    const left = Promise.withResolvers<null>();
    const leave = () => left.resolve(null);
    signal.addEventListener("abort", leave, { once: true });
    next ??= lines.next().then(({ value }) => value ?? null);
    try {
      const line = await Promise.race([left.promise, next]);
      if (signal.aborted) return null;
      next = undefined;
      return line;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  };
}

/** Cuts bytes into lines, and asks for more only when a line is wanted. */
async function* linesOf(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of input) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
}
