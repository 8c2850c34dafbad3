import { pathMeant, urlsMeant } from "./condition_url.ts";
import type { Condition } from "./condition.ts";

/**
 * Whether a condition on a text holds of what some server may take a URL for, as
 * `urlSpellings` lists it. The text may leave out the scheme, or scheme and host.
 * Capitals do not count, since to many servers they do not. Where it is
 * unknown what a server makes of the URL, it holds, whatever the text is.
 */
export function holdsOfUrl(
  { equals, starts_with, contains }: Pick<
    Condition,
    "equals" | "starts_with" | "contains"
  >,
  spellings: readonly string[] | undefined,
): boolean {
  const text = equals ?? starts_with ?? contains;
  if (typeof text !== "string") return false;
  if (spellings === undefined) return true;
  const folded = folding();
  if (contains !== undefined) {
    const wanted = partsMeant(contains).map((part) => folded(part));
    return spellings.some((spelling) => {
      const found = folded(spelling);
      return wanted.some((part) => found.includes(part));
    });
  }
  const extent = { whole: equals !== undefined };
  const isPath = /^[\\/](?![\\/])/.test(text);
  const wanted = isPath ? [pathMeant(text, extent)] : urlsMeant(text, extent);
  const beginnings = wanted.map((each) => folded(each));
  return spellings.some((spelling) => {
    const found = folded(isPath ? withoutOrigin(spelling) : spelling);
    return beginnings.some((each) =>
      extent.whole ? found === each : found.startsWith(each)
    );
  });
}

/**
 * A part as it is written, since it may be meant to be encoded (`contains: "%2f"`),
 * and as the part of a URL that it looks like.
 */
function partsMeant(part: string): readonly string[] {
  const extent = { whole: true };
  if (/^[\\/](?![\\/])/.test(part)) {
    return [part, pathMeant(part, extent)].filter((each) => each !== "/");
  }
  if (part.includes("@")) return [part];
  const [url = ""] = urlsMeant(part, extent);
  const meant = /^\s*https?:/i.test(part) ? url : url.replace("https://", "");
  // A host that the text ends with may go on.
  const open = /[\\/?#]/.test(part.replace(/^\s*https?:[\\/]*/i, ""))
    ? meant
    : meant.replace(/\/$/, "");
  return open === "" ? [part] : [part, open];
}

function withoutOrigin(spelling: string): string {
  return spelling.replace(/^https?:\/\/[^/?]*/, "");
}

/**
 * Makes the function that leaves out how letters differ: in lower case by way of
 * upper case, since `ı` and `i`, `ẞ`, `ß` and `ss` differ in one and not in the
 * other. The dot that is left of `İ` and the `ς` at the end of a word go too. What
 * it has folded it knows, since the spellings of a URL have much in common.
 */
function folding(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) =>
    text.toLowerCase().replace(/\p{ASCII}?\P{ASCII}+/gu, (run) => {
      const folded = known.get(run) ?? foldedRun(run);
      known.set(run, folded);
      return folded;
    });
}

function foldedRun(run: string): string {
  return run.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase()
    .replaceAll("i\u0307", "i").replaceAll("ς", "σ").normalize("NFKC");
}
