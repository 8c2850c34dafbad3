/** What one walk over a JSON text finds. */
export type JsonTextScan =
  | {
    readonly ok: true;
    /** How many keys are spelled out, those that come twice counted twice. */
    readonly keys: number;
  }
  | { readonly ok: false; readonly reason: string };

/**
 * Walks over a text that is known to be JSON and looks for what `JSON.parse`
 * accepts silently: nesting that is too deep, too many values, and integers that
 * a double cannot hold.
 */
export function scanJsonText(
  text: string,
  { maxDepth, maxValues }: {
    readonly maxDepth: number;
    readonly maxValues: number;
  },
): JsonTextScan {
  let depth = 0;
  let keys = 0;
  /** Each value but the first one of the text follows one of these. */
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "," || character === "{" || character === "[") {
      values += 1;
      if (values > maxValues) {
        return {
          ok: false,
          reason: `the text has more than ${maxValues} values`,
        };
      }
    }
    if (character === "{" || character === "[") {
      depth += 1;
      if (depth > maxDepth) {
        return {
          ok: false,
          reason: `the text is nested deeper than ${maxDepth} levels`,
        };
      }
    } else if (character === "}" || character === "]") {
      depth -= 1;
    } else if (character === '"') {
      at = endOfString(text, at);
      if (isKey(text, at)) keys += 1;
    } else if (isOfNumber(character)) {
      const start = at;
      at = endOfNumber(text, start);
      if (isUnsafeInteger(text, start, at)) {
        return { ok: false, reason: "an integer is beyond 2^53" };
      }
    }
  }
  return { ok: true, keys };
}

/** Finds the first key that comes twice in one object of a text that is known to be JSON. */
export function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") {
      open.push(new Set());
    } else if (character === "}") {
      open.pop();
    } else if (character === '"') {
      const start = at;
      at = endOfString(text, start);
      if (!isKey(text, at)) continue;
      const key: string = JSON.parse(text.slice(start, at + 1));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
}

/** The closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  // A quote after an odd number of backslashes is part of the string.
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text[first - 1] === "\\") first -= 1;
  return (quote - first) % 2 === 1;
}

/** Whether the string that ends at `end` is the key of an object. */
function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (isSpace(text[at])) at += 1;
  return text[at] === ":";
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\r" ||
    character === "\t";
}

/** Also true within `true` and `false`, which does no harm. */
function isOfNumber(character: string | undefined): boolean {
  return character !== undefined &&
    (character >= "0" && character <= "9" || "+-.eE".includes(character));
}

/** The last character of the number that begins at `start`. */
function endOfNumber(text: string, start: number): number {
  let at = start;
  while (isOfNumber(text[at + 1])) at += 1;
  return at;
}

/** Two such integers may become the same double, so comparing ids would give a wrong result. */
function isUnsafeInteger(text: string, start: number, end: number): boolean {
  if (end - start < 15) return false;
  const lexeme = text.slice(start, end + 1);
  return /^-?\d+$/.test(lexeme) && !Number.isSafeInteger(Number(lexeme));
}
