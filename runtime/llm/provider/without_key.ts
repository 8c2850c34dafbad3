/** What stands in the place of a key. */
const PLACE = "[key]";

/**
 * Takes a key, printable ASCII, out of a text that a server has written, however
 * JSON may spell it there: arguments that are parsed later would have it again.
 */
export function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key === ""
    ? text
    : text.replace(new RegExp([...key].map(spelled).join(""), "g"), PLACE);
}

/**
 * A character as it is or as an escape, in JSON or in JSON that is quoted in JSON,
 * where a backslash stands twice, or twice that. All backslashes before it go with
 * it, so that what is left is still JSON.
 */
function spelled(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  const digits = code.replace(
    /[a-f]/g,
    (digit) => `[${digit}${digit.toUpperCase()}]`,
  );
  const slash = character === "/" ? `(?:${BACKSLASHES})?` : "";
  return `(?:${slash}${RegExp.escape(character)}|${BACKSLASHES}u${digits})`;
}

/** Looked for where they begin, so that a text of nothing else is passed over once. */
const BACKSLASHES = "(?<!\\\\)\\\\+";
