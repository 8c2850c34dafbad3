/** Yields the lines of a stream, without their ends. */
export async function* linesOf(
  bytes: ReadableStream<BufferSource>,
): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
