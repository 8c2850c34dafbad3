import { InputError } from "../policy/input_error.ts";
import { EXIT, type Output } from "./command.ts";

/**
 * Looks at runs one after the other, whatever comes of each; `look` says whether
 * it found nothing to object to. Says on standard error of which nothing can be
 * said. Returns the exit code: 1 when there was one of those, else 2 when there
 * was something to object to.
 */
export async function eachRun(
  runs: readonly string[],
  { output, look }: {
    readonly output: Output;
    readonly look: (run: string) => Promise<boolean>;
  },
): Promise<number> {
  let [unreadable, objected] = [false, false];
  for (const run of runs) {
    try {
      if (!await look(run)) objected = true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      output.error(error.message);
      unreadable = true;
    }
  }
  return unreadable ? EXIT.error : objected ? EXIT.no : EXIT.ok;
}
