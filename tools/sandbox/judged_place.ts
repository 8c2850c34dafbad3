/** A place that the policy has judged: the only kind that a sandbox opens. */
export interface JudgedPlace {
  /** How the arguments spell it; messages name it so. */
  readonly path: string;
  /** Where it led when it was judged, as `PathFacts.resolved` has it: `<sandbox>/…`. */
  readonly resolved: string;
}

/**
 * Finds the place that was judged for a path of the arguments; `places` is that
 * of `ToolContext`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { judgedPlace } from "./judged_place.ts";
 *
 * const places = new Map([["./a.md", "<sandbox>/a.md"]]);
 * assertEquals(judgedPlace("./a.md", places), {
 *   path: "./a.md",
 *   resolved: "<sandbox>/a.md",
 * });
 * ```
 *
 * @throws {RangeError} when the policy has not judged the path
 */
export function judgedPlace(
  path: string,
  places: ReadonlyMap<string, string>,
): JudgedPlace {
  const resolved = places.get(path);
  if (resolved === undefined) {
    throw new RangeError(
      `Cannot open "${path}": the policy has not judged this path`,
    );
  }
  return { path, resolved };
}
