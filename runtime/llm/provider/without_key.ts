/** What replaces a key. */
const PLACE = "[key]";

/**
 * Removes a key, which is printable ASCII, from a text that a server wrote, in
 * every JSON spelling of it: otherwise arguments that are parsed later would
 * contain it again.
 */
export function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key === ""
    ? text
    : text.replace(new RegExp([...key].map(spelled).join(""), "g"), PLACE);
}

/**
 * A character as it is or as an escape, in JSON or in JSON quoted in JSON, where
 * each backslash is doubled, perhaps again. All backslashes before it are
 * removed with it, so that the rest is still JSON.
 */
function spelled(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  const digits = code.replace(
    /[a-f]/g,
    (digit) => `[${digit}${digit.toUpperCase()}]`,
  );
  const escaped = character.replace(/\W/, "\\$&");
  const slash = character === "/" ? `(?:${BACKSLASHES})?` : "";
  return `(?:${slash}${escaped}|${BACKSLASHES}u${digits})`;
}

/**
 * The search starts at the first backslash only, so that a long run of
 * backslashes is scanned once.
 */
const BACKSLASHES = "(?<!\\\\)\\\\+";
