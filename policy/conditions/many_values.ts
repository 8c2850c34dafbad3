import type { Readings } from "./readings.ts";
import type { Node } from "./nodes.ts";
import { type NumberRange, numberRange } from "./number_range.ts";
import type { SearchedTexts } from "./searched_texts.ts";

/** Values that a condition names together, as far as they can be judged at once. */
export interface ManyValues {
  /** All of them, if they are texts that stand for nothing else and there is much of them. */
  readonly texts: SearchedTexts | undefined;
  /** Their range, if they are numbers. */
  readonly range: NumberRange | undefined;
}

/** Less is judged value by value as fast. */
const MANY = 16;
const MUCH = 1024;

/** Looks at values that a condition names together. */
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
