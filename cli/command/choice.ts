import { didYouMean } from "../../tools/data/nearest.ts";
import { UsageError } from "./command.ts";

/**
 * Accepts one of the words allowed at a place of the command line; `where`
 * begins the sentence that refuses others: `Cannot use --approve`.
 *
 * @throws {UsageError} when it is another word
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
