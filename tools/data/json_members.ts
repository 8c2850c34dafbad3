/** One member of a JSON object, as it is written. */
export interface JsonMember {
  readonly key: string;
  /** The text of its value. */
  readonly text: string;
}

/**
 * Takes a text apart that is known to be a JSON object: its own members in their
 * order, keys that come twice included. `JSON.parse` keeps one of those, and
 * never the original text.
 */
export function jsonMembers(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let depth = 0;
  let start = 0;
  let key: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const opening = at;
      at = endOfString(text, opening);
      if (depth === 1 && key === undefined) {
        key = String(JSON.parse(text.slice(opening, at + 1)));
        at = text.indexOf(":", at);
        start = at + 1;
      }
    } else if (character === "{" || character === "[") {
      depth += 1;
    } else if (character === "," || character === "}" || character === "]") {
      if (depth === 1 && key !== undefined) {
        members.push({ key, text: text.slice(start, at).trim() });
        key = undefined;
      }
      if (character !== ",") depth -= 1;
    }
  }
  return members;
}

/** The closing quote of the string of a JSON text that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === "\\") start -= 1;
  return (at - start) % 2 === 1;
}
