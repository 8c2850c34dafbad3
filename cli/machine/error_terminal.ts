import type { ErrorTerminal } from "../command/status_line.ts";

/** Standard error of this process; `undefined` where it is no terminal. */
export function errorTerminal(): ErrorTerminal | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return {
    write: (text) =>
      void unlessClosed(() => {
        Deno.stderr.writeSync(encoder.encode(text));
      }),
    columns: () => unlessClosed(() => Deno.consoleSize().columns) ?? 0,
  };
}

/** A terminal that was closed must not change what a command does. */
function unlessClosed<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
