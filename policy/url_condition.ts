import { pathMeant, urlsMeant } from "./condition_url.ts";
import type { Condition } from "./escalation.ts";

/**
 * Whether a condition on a text holds of what some server may take a URL for, as
 * `urlSpellings` lists it. The text may leave out the scheme, or scheme and host.
 * Capitals do not count, since to many servers they do not. Where nobody can tell
 * what a server makes of the URL it holds, whatever the text is.
 */
export function holdsOfUrl(
  { equals, starts_with, contains }: Omit<Condition, "argument">,
  spellings: readonly string[] | undefined,
): boolean {
  const text = equals ?? starts_with ?? contains;
  if (typeof text !== "string") return false;
  if (spellings === undefined) return true;
  if (contains !== undefined) {
    const wanted = partsMeant(contains).map(folded);
    return spellings.map(folded)
      .some((found) => wanted.some((part) => found.includes(part)));
  }
  const extent = { whole: equals !== undefined };
  const isPath = /^[\\/](?![\\/])/.test(text);
  const wanted = isPath ? [pathMeant(text, extent)] : urlsMeant(text, extent);
  const beginnings = wanted.map(folded);
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
 * Lower case, by way of upper case, since letters differ in one and not in the
 * other: `ı` and `i`, `ẞ`, `ß` and `ss`. The dot that is left of `İ` and the `ς` at the end of
 * a word go too.
 */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase()
    .replaceAll("i\u0307", "i").replaceAll("ς", "σ").normalize("NFKC");
}
