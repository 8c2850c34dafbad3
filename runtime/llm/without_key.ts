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
 * where a backslash stands twice, or twice that.
 */
function spelled(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  const digits = code.replace(
    /[a-f]/g,
    (digit) => `[${digit}${digit.toUpperCase()}]`,
  );
  const slash = character === "/" ? "\\\\{0,8}" : "";
  return `(?:${slash}${RegExp.escape(character)}|\\\\{1,8}u${digits})`;
}
