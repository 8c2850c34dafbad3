import { pathTo, ROOT_PATH } from "./json_node.ts";

/** Deeper levels get the path of the level above: no trace is that deep. */
const MAX_PATH_DEPTH = 64;

interface Level {
  readonly path: string;
  /** The keys so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  /** Where the next value stands: its key or index. */
  next: string | number;
}

/** Finds the end of the string that starts at `start`, after its quote. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function decode(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  const decoded: unknown = JSON.parse(literal);
  return String(decoded);
}

function isKey(json: string, end: number): boolean {
  const afterKey = /[ \t\n\r]*:/y;
  afterKey.lastIndex = end;
  return afterKey.test(json);
}

/**
 * Yields the path of every key that its object already has. Keys are compared
 * decoded, so `"a"` and `"\u0061"` are the same.
 *
 * @param json A text that `JSON.parse` accepts
 */
export function* duplicateKeys(json: string): Generator<string> {
  const levels: Level[] = [];
  const open = (keys: Set<string> | undefined) => {
    const above = levels.at(-1);
    const path = above === undefined
      ? ROOT_PATH
      : levels.length > MAX_PATH_DEPTH
      ? above.path
      : pathTo(above.path, above.next);
    levels.push({ path, keys, next: keys ? "" : 0 });
  };
  for (let at = 0; at < json.length; at++) {
    const level = levels.at(-1);
    switch (json[at]) {
      case "{":
        open(new Set());
        break;
      case "[":
        open(undefined);
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (typeof level?.next === "number") level.next++;
        break;
      case '"': {
        const end = endOfString(json, at);
        if (level?.keys !== undefined && isKey(json, end)) {
          const key = decode(json.slice(at, end));
          if (level.keys.has(key)) yield pathTo(level.path, key);
          level.keys.add(key);
          level.next = key;
        }
        at = end - 1;
      }
    }
  }
}
