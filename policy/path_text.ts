/** The longest path that is looked up, in bytes of UTF-8. */
export const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;
/** How many names all paths of a call may have together, since looking up each takes time. */
export const MAX_NAMES = 64;

/** The first of the paths of a call that brings their names together above the limit. */
export function pathBeyondLimit(paths: readonly unknown[]): string | undefined {
  let names = 0;
  for (const path of paths) {
    if (typeof path !== "string") continue;
    names += path.split("/").length;
    if (names > MAX_NAMES) return path;
  }
}

/**
 * Why a path is refused by its spelling alone, if it is. Paths are literal bytes:
 * whatever another reader would decode is refused.
 */
export function refusalOfPathText(path: string): string | undefined {
  if (path === "") return "the path is empty";
  if (path.includes("\0")) return "the path has a NUL character";
  if (path.includes("\\")) return "the path has a backslash";
  const segments = path.split("/");
  if (isLonger(path, MAX_PATH_BYTES)) {
    return `the path is longer than ${MAX_PATH_BYTES} bytes`;
  }
  if (segments.some((segment) => isLonger(segment, MAX_NAME_BYTES))) {
    return `a name in the path is longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return "the path has a URL scheme";
  if (/^\/+(proc|sys|dev)(\/|$)/.test(path)) {
    return "the path is under /proc, /sys or /dev";
  }
  if (segments.some(isDisguisedParent)) {
    return 'the path spells ".." in disguise';
  }
}

/**
 * Why a path is refused for a program that is not ours, which may expand what it
 * is given before it opens it: a home directory, a variable, a template.
 */
export function refusalOfForeignPath(path: string): string | undefined {
  if (path.startsWith("~")) return 'the path begins with "~"';
  if (/\$[A-Za-z_{(]/.test(path)) return "the path has a variable ($NAME)";
  if (/%[^%/]+%/.test(path)) return "the path has a variable (%NAME%)";
  return /\{\{|\}\}|<%|%>|`/.test(path) ? "the path has a template" : undefined;
}

/** Whether percent-decoding or NFKC would turn a segment into one that has `..`. */
function isDisguisedParent(segment: string): boolean {
  // Plain ASCII without escapes stands for itself, and most names are that.
  if (!/[%\x80-\uffff]/.test(segment)) return false;
  let decoded = segment;
  let before: string;
  do {
    before = decoded;
    decoded = decodeOnce(before).normalize("NFKC");
  } while (decoded !== before);
  return decoded !== segment && decoded.split(/[/\\\0]/).includes("..");
}

/** Decodes `%u002e`, `%2e`, and UTF-8 in more bytes than need be: `%c0%ae`. */
function decodeOnce(text: string): string {
  const character = (code: number) => String.fromCharCode(code);
  return text
    .replace(/%u([0-9a-f]{4})/gi, (_, hex) => character(parseInt(hex, 16)))
    .replace(
      /%(?:c|e0%8|f0%80%8|f8%80%80%8|fc%80%80%80%8)([01])%([0-9a-f]{2})/gi,
      (_, high, low) => character(Number(high) * 64 + parseInt(low, 16) % 64),
    )
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => character(parseInt(hex, 16)));
}

const encoder = new TextEncoder();

/** Whether a text has more bytes of UTF-8; most are so short that the bytes need not be counted. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && encoder.encode(text).length > bytes;
}
