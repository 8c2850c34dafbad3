import { namesHost } from "../host_entry.ts";
import { hasPath, parseUrlEntry, type UrlEntry } from "../url_entry.ts";
import { parseUrl } from "../url_text.ts";
import { agreed, type Truth } from "./truth.ts";
import { urlSpellings } from "./url_spellings.ts";

const ENTRIES = new Map<string, UrlEntry>();
const MAX_ENTRIES = 1000;

/**
 * Whether a URL is one that some entries list: its host, scheme and port, and every
 * path that a server may take its path for. Unknown for a text that is no URL, and
 * where servers disagree.
 */
export function isListedUrl(text: string, entries: readonly string[]): Truth {
  const url = parseUrl(text);
  if (url === undefined || url.username !== "" || url.password !== "") {
    return "unknown";
  }
  const known = entries.map(entryOf).filter((entry) =>
    namesHost(entry, url.hostname) && entry.scheme === url.protocol &&
    entry.port === url.port
  );
  return hasListedPath(url, known);
}

/** Whether the path of a URL is one that some entries for its host list. */
export function hasListedPath(url: URL, entries: readonly UrlEntry[]): Truth {
  if (entries.length === 0) return false;
  if (entries.some(({ path }) => path === undefined)) return true;
  const spellings = urlSpellings(url);
  if (spellings === undefined) return "unknown";
  const paths = new Set(
    spellings.map((each) =>
      each.replace(/^https?:\/\/[^/?]*/, "").replace(/\?.*$/s, "")
    ),
  );
  // Each is spelled with and without a slash at its end.
  return agreed(
    [...paths].map((path) =>
      entries.some((entry) =>
        hasPath(entry, path) || hasPath(entry, path.replace(/\/$/, "") || "/")
      )
    ),
  );
}

/** Policies have few entries, and each is asked about with every call. */
function entryOf(text: string): UrlEntry {
  const entry = ENTRIES.get(text) ?? parseUrlEntry(text);
  if (ENTRIES.size < MAX_ENTRIES) ENTRIES.set(text, entry);
  return entry;
}
