import { type InputError, unusable } from "../../tools/data/input_error.ts";

/** Says which file or folder cannot be read, and why. */
export function unreadable(path: string, cause: unknown): InputError {
  return unusable(path, whyUnreadable(cause), { cause });
}

/** Says what cannot be written to a file or folder, and why. */
export function cannotWrite(
  what: string,
  path: string,
  cause: unknown,
): InputError {
  const message = `cannot write ${what}: ${whyUnwritable(cause)}`;
  return unusable(path, message, { cause });
}

/** Says in a few words why a file or a folder cannot be read. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "it is not a directory";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system does not let this user read it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the process has no permission to read it; see --allow-read";
  }
  if (error instanceof TypeError) return "it is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}

/** Says in a few words why something cannot be written. */
export function whyUnwritable(error: unknown): string {
  if (error instanceof Deno.errors.NotADirectory) return "it is not a folder";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system does not let this user do it";
  }
  if (error instanceof Deno.errors.NotCapable) {
    const [, access] = /\b(read|write) access/.exec(error.message) ?? [];
    return access === undefined
      ? "the process has no access to it; see --allow-read and --allow-write"
      : `the process has no ${access} access to it; see --allow-${access}`;
  }
  return error instanceof Error ? error.message : String(error);
}
