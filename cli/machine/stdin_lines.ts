/** Yields the lines of standard input as they come, without their ends: those of one read together. */
export async function* stdinLines(): AsyncGenerator<readonly string[], void> {
  let rest = "";
  const texts = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
  }
  if (rest !== "") yield [rest];
}
