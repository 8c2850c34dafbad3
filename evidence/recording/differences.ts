import { lineExcerpt, lineExcerpts } from "../../tools/data/excerpt.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { Artifacts } from "../artifacts.ts";
import { withoutVolatile } from "./manifest.ts";

/** One artifact that is not what it should be. */
export interface Difference {
  /** The file's name, as the compared maps have it. */
  readonly name: string;
  /** First line that differs, from 1. */
  readonly line: number;
  /** What the line should be; `undefined` when there should be none. */
  readonly expected: string | undefined;
  /** What the line is; `undefined` when it is missing. */
  readonly found: string | undefined;
}

/**
 * Compares artifacts byte for byte, over the union of their names: a missing
 * file and an unexpected one are differences too. Only the three volatile values
 * of the manifest are left out; they read `null` in what is returned. At most
 * one difference a file, in the order of the names.
 */
export function differences(
  expected: Artifacts,
  found: Artifacts,
): readonly Difference[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => {
    const [want, have] = [expected, found].map((side) =>
      comparable(name, side.get(name))
    );
    return want === have ? [] : [{ name, ...firstDifference(want, have) }];
  });
}

function comparable(name: string, text: string | undefined) {
  return text === undefined || name !== "manifest.json"
    ? text
    : withoutVolatile(text);
}

function firstDifference(want: string | undefined, have: string | undefined) {
  const expected = want?.split("\n") ?? [];
  const found = have?.split("\n") ?? [];
  let index = 0;
  while (index < expected.length && expected[index] === found[index]) index++;
  return {
    line: index + 1,
    expected: expected[index],
    found: found[index],
  };
}

/** Says where a file differs first: `PATH:LINE: expected …, found …`. */
export function describeDifference(
  { name: path, line, expected, found }: Difference,
): string {
  const name = terminalLine(path);
  if (line === 1 && expected === undefined) return `${name}: not expected here`;
  if (line === 1 && found === undefined) return `${name}: missing`;
  const [want, have] = expected !== undefined && found !== undefined
    ? lineExcerpts(expected, found)
    : [expected, found].map((text) =>
      text === undefined ? "nothing" : lineExcerpt(text)
    );
  return `${name}:${line}: expected ${want}, found ${have}`;
}
