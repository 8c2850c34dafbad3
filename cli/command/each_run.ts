import { InputError } from "../../tools/data/input_error.ts";
import { EXIT, type Output } from "./command.ts";

/** Exit codes, the most serious first: an unreadable run may have any problem. */
const BY_WEIGHT = [EXIT.error, EXIT.no, EXIT.waiting] as const;

/**
 * Looks at runs one after the other, even after a failure; `look` returns an
 * exit code. Reports unreadable runs on standard error. Returns the exit code of
 * all: 1 when a run was unreadable, else 2 when one had a problem, else 3 when
 * one waits for approval.
 */
export async function eachRun<Run>(
  runs: Iterable<Run> | AsyncIterable<Run>,
  { output, look }: {
    readonly output: Output;
    readonly look: (run: Run) => Promise<number>;
  },
): Promise<number> {
  const codes = new Set<number>();
  for await (const run of runs) {
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
