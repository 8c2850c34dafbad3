import type { Output } from "../command/command.ts";
import type { Terminal } from "./terminal_approver.ts";
import { typedLines } from "./typed_lines.ts";
import { wait } from "../machine/world.ts";

/** How long what has been typed already, a line or a signal, may take to be heard of, in milliseconds. */
const HEARING_MS = 100;

/**
 * The terminal of this process. Questions stand on standard error, like what
 * they are about: standard output is for data.
 */
export function processTerminal(output: Output): Terminal {
  const nextLine = typedLines(typed());
  return {
    note: (text) => output.error(text),
    async ask(question, signal) {
      // What was typed before somebody could read the question answers another one.
      while (await nextLine(AbortSignal.timeout(HEARING_MS)) !== null);
      Deno.stderr.writeSync(new TextEncoder().encode(question));
      const line = await nextLine(signal);
      // A Ctrl-C that was typed before the line counts, not the line.
      return await wait(HEARING_MS, signal).then(() => line, () => null);
    },
  };
}

/** What is typed, read when it is asked for. */
async function* typed(): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await Deno.stdin.read(buffer);
    if (length === null) return;
    yield buffer.slice(0, length);
  }
}
