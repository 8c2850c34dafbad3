/**
 * Patterns of paths, as Claude Code has them, as globs of a policy, from its sandbox on.
 * They are those of gitignore with anchors: `//path` is absolute, `~/path` below the
 * home directory, `/path` from where the settings belong, all others from the working
 * directory, which is the sandbox.
 *
 * @module
 */

import { matchesName } from "../conditions/glob.ts";

/** Where patterns begin; absolute paths without a slash at the end. */
export interface PatternPlaces {
  /** The working directory, which is to be the sandbox. */
  readonly root: string;
  /** The home directory; `undefined` when it is not known. */
  readonly home: string | undefined;
  /** What `/path` is relative to. */
  readonly settings: string;
}

/** What a pattern comes to below the sandbox. */
export type Globs =
  | { readonly ok: true; readonly globs: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Globs none of which matches a path that the pattern does not match. */
export function globsAllowed(pattern: string, places: PatternPlaces): Globs {
  if (/[?[\]{}\\!]/.test(pattern)) {
    return { ok: false, reason: "it has a sign other than * in it" };
  }
  const anchored = anchoredNames(pattern, places);
  if ("reason" in anchored) return { ok: false, ...anchored };
  const { names } = anchored;
  // What is below a folder is not the folder: a file may be written in its place.
  if (names.at(-1) === "**") names.push("*");
  return { ok: true, globs: below(names, places.root) };
}

/** Globs that match every path which the pattern matches, in a deny or ask rule. */
export function globsMeant(pattern: string, places: PatternPlaces): Globs {
  if (pattern.startsWith("!")) {
    return { ok: false, reason: "it takes back another one" };
  }
  const loose = pattern.replace(/\\.|\[[^\]/]*\]?|\{[^}/]*\}?|[?\]}\\]/g, "*");
  const anchored = anchoredNames(loose, places);
  if ("reason" in anchored) return { ok: false, ...anchored };
  const { anchor, names, isRelative } = anchored;
  // One name, or one folder and what is in it, is meant wherever it stands.
  const isAnywhere = isRelative &&
    (names.length === anchor.length + 1 ||
      names.length === anchor.length + 2 && names.at(-1) === "**");
  const wanted = isAnywhere
    ? [...anchor, "**", ...names.slice(anchor.length)]
    : names;
  const ways = wanted.at(-1) === "**" ? [wanted] : [wanted, [...wanted, "**"]];
  const globs = ways
    .flatMap((each) => below(each, places.root));
  return { ok: true, globs: [...new Set(globs)] };
}

interface Anchored {
  /** The absolute path from which the pattern goes on, name by name. */
  readonly anchor: readonly string[];
  /** All of it, name by name. */
  readonly names: string[];
  readonly isRelative: boolean;
}

function anchoredNames(
  pattern: string,
  { root, home, settings }: PatternPlaces,
): Anchored | { readonly reason: string } {
  const isHome = pattern === "~" || pattern.startsWith("~/");
  if (isHome && home === undefined) {
    return { reason: "where the home directory is, --home would say" };
  }
  if (/^~/.test(pattern) && !isHome) {
    return { reason: "it is about the home directory of somebody else" };
  }
  const [start, rest] = pattern.startsWith("//")
    ? ["", pattern.slice(2)]
    : isHome
    ? [home ?? "", pattern.slice(2)]
    : pattern.startsWith("/")
    ? [settings, pattern.slice(1)]
    : [root, pattern];
  const anchor = namesOf(start);
  const given = namesOf(rest.endsWith("/") ? `${rest}**` : rest)
    // Beside other signs, two stars are as good as one.
    .map((name) => name === "**" ? name : name.replace(/\*{2,}/g, "*"));
  if (given.includes("..")) return { reason: 'it has ".." in it' };
  return {
    anchor,
    names: [...anchor, ...given],
    isRelative: !/^[/~]/.test(pattern),
  };
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

/** What is left of a pattern after the names of a folder, in each way in which it matches them. */
function below(pattern: readonly string[], folder: string): readonly string[] {
  let open = closed([pattern]);
  for (const name of namesOf(folder)) {
    open = closed([...open].flatMap((text) => {
      const rest = text.split("/");
      const [next = "", ...more] = rest;
      if (next === "**") return [rest];
      return next !== "" && matchesName(name, next) ? [more] : [];
    }));
  }
  // `**/x` is `x`, too.
  return [...open].filter((glob) => glob !== "" && !open.has(`**/${glob}`));
}

/** Each once, with what is left when `**` stands for no name. */
function closed(
  patterns: readonly (readonly string[])[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    let rest = pattern;
    found.add(rest.join("/"));
    while (rest[0] === "**") {
      rest = rest.slice(1);
      found.add(rest.join("/"));
    }
  }
  return found;
}
