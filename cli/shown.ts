/** How many characters of a value are shown. */
const MAX_LENGTH = 200;

/** Shows a value of a record on one line, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
