import type { Output } from "../command/command.ts";
import type { Terminal } from "./terminal_approver.ts";
import { typedLines } from "./typed_lines.ts";
import { wait } from "../machine/world.ts";

/**
 * How long input that was already typed, a line or a signal, may take to arrive,
 * in milliseconds.
 */
const HEARING_MS = 100;

/**
 * The terminal of this process. Questions and their context go to standard
 * error: standard output is for data.
 */
export function processTerminal(output: Output): Terminal {
  const nextLine = typedLines(typed());
  return {
    note: (text) => output.error(text),
    async ask(question, signal) {
      // Input that was typed before the question was shown is not an answer to
      // it.
      while (await nextLine(AbortSignal.timeout(HEARING_MS)) !== null);
      Deno.stderr.writeSync(new TextEncoder().encode(question));
      const line = await nextLine(signal);
      // If Ctrl-C was typed before the line, it counts and the line does not.
      return await wait(HEARING_MS, signal).then(() => line, () => null);
    },
  };
}

/** The typed input, read when it is asked for. */
async function* typed(): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await Deno.stdin.read(buffer);
    if (length === null) return;
    yield buffer.slice(0, length);
  }
}
