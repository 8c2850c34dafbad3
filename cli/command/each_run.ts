import { InputError } from "../../tools/data/input_error.ts";
import { EXIT, type Output } from "./command.ts";

/** Exit codes from the weightiest on: what cannot be read may be anything. */
const BY_WEIGHT = [EXIT.error, EXIT.no, EXIT.waiting] as const;

/**
 * Looks at runs one after the other, whatever comes of each; `look` says with
 * which exit code. Says on standard error of which nothing can be said. Returns
 * the exit code of all: 1 when there was one of those, else 2 when there was
 * something to object to, else 3 when one waits for approval.
 */
export async function eachRun<Run>(
  runs: readonly Run[],
  { output, look }: {
    readonly output: Output;
    readonly look: (run: Run) => Promise<number>;
  },
): Promise<number> {
  const codes = new Set<number>();
  for (const run of runs) {
    try {
      codes.add(await look(run));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      output.error(error.message);
      codes.add(EXIT.error);
    }
  }
  return BY_WEIGHT.find((code) => codes.has(code)) ?? EXIT.ok;
}
