import { InputError, unusable } from "../../tools/data/input_error.ts";

/** Another kind of file that a person may have named by mistake. */
const KINDS = {
  task: /^["']?(question|script)["']?\s*:/m,
  policy:
    /^["']?(tool_registry|url_allowlist|arg_schema|loop_budget|cycle_detection|on_deny)["']?\s*:/m,
  "test of a policy": /^["']?cases["']?\s*:/m,
} as const;

type Kind = keyof typeof KINDS;

const NAMES: readonly Kind[] = ["task", "policy", "test of a policy"];

/**
 * Loads a file that is to be of one kind. One that cannot be loaded and looks like
 * another kind is named for that, instead of for every key that is wrong in it.
 *
 * @throws {InputError} when it cannot be loaded
 */
export function loadedAs<T>(
  wanted: Kind,
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
    if (KINDS[wanted].test(text)) throw cause;
    const other = NAMES.find((name) => KINDS[name].test(text));
    if (other === undefined) throw cause;
    const message = `this looks like a ${other}; a ${wanted} is wanted here`;
    throw unusable(path, message, { cause });
  }
}
