import { namesHost } from "../host_entry.ts";
import { hasPath, parseUrlEntry, type UrlEntry } from "../url_entry.ts";
import { parseUrl, refusalOfSpelling, spellsHost } from "../url_text.ts";
import { agreed, type Truth } from "./truth.ts";
import { urlSpellings } from "./url_spellings.ts";

const ENTRIES = new Map<string, UrlEntry>();
const MAX_ENTRIES = 1000;

/**
 * Whether a URL is one that some entries list: its host, scheme and port, and every
 * path that a server may take its path for. Unknown for a text that is not a URL, or
 * that readers take for different ones; for a listed host with another scheme or
 * port; and where servers disagree about the path.
 */
export function isListedUrl(text: string, entries: readonly string[]): Truth {
  const url = parseUrl(text);
  if (url === undefined || refusalOfSpelling(text) !== undefined) {
    return "unknown";
  }
  const { hostname, protocol, port } = url;
  if (!spellsHost(text, hostname) || hostname.endsWith(".")) return "unknown";
  const known = entries.map(entryOf).filter((entry) =>
    namesHost(entry, hostname)
  );
  const here = known.filter((entry) =>
    entry.scheme === protocol && entry.port === port
  );
  return known.length > 0 && here.length === 0
    ? "unknown"
    : hasListedPath(url, here);
}

/** Whether the path of a URL is one that some entries for its host list, to servers that look at capitals and to those that do not. */
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
  const folded = entries.map((entry) => ({
    ...entry,
    path: entry.path?.toLowerCase(),
  }));
  return agreed(
    [...paths].flatMap((path) => [
      isOneOf(path, entries),
      isOneOf(path.toLowerCase(), folded),
    ]),
  );
}

/** Each is spelled with and without a slash at its end. */
function isOneOf(path: string, entries: readonly UrlEntry[]): boolean {
  const bare = path.replace(/\/$/, "") || "/";
  return entries.some((entry) => hasPath(entry, path) || hasPath(entry, bare));
}

/** Policies have few entries, and each is asked about with every call. */
function entryOf(text: string): UrlEntry {
  const entry = ENTRIES.get(text) ?? parseUrlEntry(text);
  if (ENTRIES.size < MAX_ENTRIES) ENTRIES.set(text, entry);
  return entry;
}
