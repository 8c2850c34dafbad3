import { InputError, unusable } from "../../tools/data/input_error.ts";

/** Another kind of file that a person may have named by mistake. */
const KINDS = {
  task: /^["']?(question|script)["']?\s*:/m,
  policy:
    /^["']?(tool_registry|url_allowlist|arg_schema|loop_budget|cycle_detection|on_deny)["']?\s*:/m,
} as const;

/**
 * Loads a file of one kind. If that fails and the file looks like the other
 * kind, the error says so instead of listing every wrong key.
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
