import { didYouMean } from "../../tools/data/nearest.ts";
import { UsageError } from "./command.ts";

/**
 * Takes one of the words that may stand in a place of the command line; `where`
 * begins the sentence that refuses another: `Cannot use --approve`.
 *
 * @throws {UsageError} when it is none of them
 */
export function choice<T extends string>(
  given: string,
  { where, of }: { readonly where: string; readonly of: readonly T[] },
): T {
  const found = of.find((each) => each === given);
  if (found !== undefined) return found;
  const all = `${of.slice(0, -1).join(", ")} or ${of.at(-1)}`;
  throw new UsageError(
    `${where} "${given}": expected ${of.length === 1 ? of[0] : all}${
      didYouMean(given, of)
    }`,
  );
}
