/** What stands in the place of a key. */
const PLACE = "[key]";

/** Takes a key out of a text that a server has written. */
export function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key === "" ? text : text.replaceAll(key, PLACE);
}
