import type { Readings } from "./readings.ts";
import type { Node } from "./nodes.ts";
import { type NumberRange, numberRange } from "./number_range.ts";
import type { SearchedTexts } from "./searched_texts.ts";

/** What is known of all values that a condition names, so that they are judged at once. */
export interface ManyValues {
  /** The values, if all are texts, none is a path or URL of the tool, and they are many or long. */
  readonly texts: SearchedTexts | undefined;
  /** Their range, if there are many and all are numbers. */
  readonly range: NumberRange | undefined;
}

/** Fewer and shorter values are judged one by one as fast. */
const MANY = 16;
const MUCH = 1024;

/** Finds out what is known of values that a condition names. */
export function manyValues(
  nodes: readonly Node[],
  { readings, searched }: {
    readonly readings: Readings;
    readonly searched: (texts: readonly string[]) => SearchedTexts;
  },
): ManyValues {
  if (!isMuch(nodes)) return { texts: undefined, range: undefined };
  const values = nodes.map(({ value }) => value);
  const texts = values.filter((value) => typeof value === "string");
  const areTexts = texts.length === nodes.length &&
    !nodes.some((node) => readings.isRead(node));
  const areNumbers = values.every((value) => typeof value === "number");
  return {
    texts: areTexts ? searched(texts) : undefined,
    range: areNumbers ? numberRange(nodes, (text) => text) : undefined,
  };
}

function isMuch(nodes: readonly Node[]): boolean {
  return nodes.length >= MANY ||
    nodes.some(({ value }) =>
      typeof value === "string" && value.length >= MUCH
    );
}
