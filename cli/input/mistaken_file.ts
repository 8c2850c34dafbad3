import { InputError, unusable } from "../../tools/data/input_error.ts";

/** What a person may have named in the place of another file. */
const KINDS = {
  task: /^["']?(question|script)["']?\s*:/m,
  policy:
    /^["']?(tool_registry|url_allowlist|arg_schema|loop_budget|cycle_detection|on_deny)["']?\s*:/m,
} as const;

/**
 * Loads a file that is to be of one kind. One that cannot be loaded and looks like
 * the other kind is named for that, instead of for every key that is wrong in it.
 *
 * @throws {InputError} when it cannot be loaded
 */
export function loadedAs<T>(
  wanted: keyof typeof KINDS,
  { text, path, load }: {
    readonly text: string;
    readonly path: string;
    readonly load: (text: string, path: string) => T;
  },
): T {
  try {
    return load(text, path);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const other = wanted === "task" ? "policy" : "task";
    if (KINDS[wanted].test(text) || !KINDS[other].test(text)) throw cause;
    const message = `this looks like a ${other}; a ${wanted} is wanted here`;
    throw unusable(path, message, { cause });
  }
}
