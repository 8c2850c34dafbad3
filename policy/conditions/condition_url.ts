import {
  canonicalOrigin,
  fullyDecoded,
  withoutDotSegments,
} from "./url_spellings.ts";

/** Whether a text is all of a URL, or may be the beginning of one. */
interface Extent {
  readonly whole: boolean;
}

type Reading = { readonly url: string } | { readonly fault: string };

/**
 * The URLs that the text of a condition names, or begins, as `urlSpellings` has
 * them: the host as servers see it, slashes and dot segments resolved, escapes
 * decoded, no fragment. A text without a scheme names one of `https:` and one of
 * `http:`.
 */
export function urlsMeant(text: string, extent: Extent): readonly string[] {
  const bare = text.replace(/^[\\/]*/, "");
  const texts = /^\s*https?:[\\/]*/i.test(text)
    ? [text]
    : [`https://${bare}`, `http://${bare}`];
  return texts.flatMap((each) => {
    const reading = readUrl(each, extent);
    return "url" in reading ? [reading.url] : [];
  });
}

/** Why a text that begins like a URL can match none; `undefined` for all others. */
export function refusalOfUrlText(
  text: string,
  extent: Extent,
): string | undefined {
  if (!/^\s*https?:[\\/]/i.test(text)) return undefined;
  const reading = readUrl(text, extent);
  return "fault" in reading ? reading.fault : undefined;
}

/** The path of a URL as the text of a condition names it, in the same form. */
export function pathMeant(path: string, { whole }: Extent): string {
  const decoded = fullyDecoded(path.replaceAll("\\", "/"));
  // The beginning of a name such as `.env`.
  const dot = !whole && decoded.endsWith("/.") ? "." : "";
  return withoutDotSegments(decoded).replace(/\/{2,}/g, "/") + dot;
}

function readUrl(text: string, { whole }: Extent): Reading {
  // As the parser of URLs does.
  const bare = text.trimStart().replace(/[\t\n\r]/g, "");
  const [, scheme = "", authority = "", path = "", query = ""] =
    /^(https?:)[\\/]*([^\\/?#]*)([^?#]*)(\?[^#]*)?/is.exec(bare) ?? [];
  const isCut = !whole && !/[?#]/.test(bare) && path === "" &&
    !/:\d+$/.test(authority);
  if (isCut && /^[a-z0-9.:[\]_-]*$/i.test(authority)) {
    return { url: `${scheme}//${authority}` };
  }
  const url = URL.parse(`${scheme}//${authority}`);
  if (url === null) return { fault: "no URL is spelled so" };
  if (url.hostname.includes("*")) {
    return { fault: 'the host of a URL has no "*"; write the host as it is' };
  }
  const origin = canonicalOrigin(url);
  if (isCut) {
    return {
      fault: `expected the end of the host, or a host in ASCII: "${origin}/"`,
    };
  }
  return { url: origin + pathMeant(path, { whole }) + fullyDecoded(query) };
}
