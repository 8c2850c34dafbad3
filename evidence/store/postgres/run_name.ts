/** What a run may be called: it is the name of a folder, too. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** The rule in words. */
export const RUN_NAME_RULE =
  "the id of a run has up to 200 letters, digits, dots, hyphens and underscores, and begins with a letter or a digit";

/** Whether a run in a database may have this id. */
export function isRunName(name: string): boolean {
  return RUN_NAME.test(name);
}
