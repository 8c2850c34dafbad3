import { type HostEntry, parseHostEntry } from "./host_entry.ts";

/** An entry of a list of URLs, taken apart. */
export interface UrlEntry extends HostEntry {
  /** The one path, or what paths begin with when `below`; `undefined` for all paths. */
  readonly path: string | undefined;
  /** Whether the entry names what is below its path, and not the path itself. */
  readonly below: boolean;
}

/**
 * Parses an entry for hosts with a path after it, if there is one: `host/v1/*` for
 * all below a path, `host/v1/status` for one.
 *
 * @throws {RangeError} when the host is not an entry, or the path is not in canonical form
 */
export function parseUrlEntry(entry: string): UrlEntry {
  const [, start = "", path] = /^((?:http:\/\/)?[^/]*)(\/.*)?$/s.exec(entry) ??
    [];
  if (path === undefined || /^https:?$/i.test(start)) {
    return { ...parseHostEntry(entry), path: undefined, below: false };
  }
  const host = parseHostEntry(start);
  const below = path.endsWith("/*");
  const plain = below ? path.slice(0, -1) : path;
  const fault = pathFault(plain);
  if (fault !== undefined) throw new RangeError(`"${entry}" has ${fault}`);
  return plain === "/" && below
    ? { ...host, path: undefined, below: false }
    : { ...host, path: plain, below };
}

function pathFault(path: string): string | undefined {
  if (path.includes("*")) {
    return 'a star that is not at the end; a path ends with "/*" or has none';
  }
  if (/[?#]/.test(path)) {
    return "a query or a fragment; only host and path are listed";
  }
  if (/[%\\;]|[^\x21-\x7e]/.test(path)) {
    return 'a sign that servers read in different ways ("%", "\\", ";", or none of ASCII)';
  }
  const canonical = new URL(path, "https://host").pathname;
  return canonical === path && !path.includes("//")
    ? undefined
    : `a path that is not in canonical form; write "${
      canonical.replace(/\/{2,}/g, "/")
    }"`;
}

/** Whether a path, in canonical form, is one that an entry lists. */
export function hasPath({ path, below }: UrlEntry, given: string): boolean {
  if (path === undefined) return true;
  return below
    ? given.startsWith(path) && given.length > path.length
    : given === path;
}
