import type { Condition } from "./escalation.ts";
import { canonicalOrigin, fullyDecoded } from "./url_spellings.ts";

/**
 * Whether a condition on a text holds of what some server may take a URL for, as
 * `urlSpellings` lists it. Capitals do not count, since to many servers they do
 * not. Where nobody can tell what a server makes of the URL it holds, whatever
 * the text is.
 */
export function holdsOfUrl(
  { equals, starts_with, contains }: Omit<Condition, "argument">,
  spellings: readonly string[] | undefined,
): boolean {
  const text = equals ?? starts_with ?? contains;
  if (typeof text !== "string") return false;
  if (spellings === undefined) return true;
  // A part of a URL may be meant to be encoded: `contains: "%2f"`.
  const wanted = folded(contains ?? canonicalText(text));
  return spellings.some((spelling) => {
    const found = folded(spelling);
    if (equals !== undefined) return found === wanted;
    return starts_with !== undefined
      ? found.startsWith(wanted)
      : found.includes(wanted);
  });
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** A URL, or its beginning, as the spellings have it; a host that is cut off stays so. */
function canonicalText(text: string): string {
  const [, authority = "", rest = ""] =
    /^(https?:\/\/[^/?#]+)(.*)$/is.exec(text) ?? [];
  const url = URL.parse(authority);
  if (url === null || (rest === "" && !/:\d+$/.test(authority))) return text;
  return canonicalOrigin(url) + (fullyDecoded(rest) || "/");
}
