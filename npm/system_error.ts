/** Errors of the system by the names that Deno gives them. */
class NotFound extends Error {
  override readonly name: string = "NotFound";
}
class AlreadyExists extends Error {
  override readonly name: string = "AlreadyExists";
}
class PermissionDenied extends Error {
  override readonly name: string = "PermissionDenied";
}
class Busy extends Error {
  override readonly name: string = "Busy";
}
class IsADirectory extends Error {
  override readonly name: string = "IsADirectory";
}
class NotADirectory extends Error {
  override readonly name: string = "NotADirectory";
}
class FilesystemLoop extends Error {
  override readonly name: string = "FilesystemLoop";
}
/** Node withholds nothing that it would name so; no error is one. */
class NotCapable extends Error {
  override readonly name: string = "NotCapable";
}

/** What a module that is written for Deno calls `Deno.errors`. */
export const SYSTEM_ERRORS = {
  NotFound,
  AlreadyExists,
  PermissionDenied,
  Busy,
  IsADirectory,
  NotADirectory,
  NotCapable,
} as const;

const BY_CODE: ReadonlyMap<unknown, new (message: string) => Error> = new Map([
  ["ENOENT", NotFound],
  ["EEXIST", AlreadyExists],
  ["EACCES", PermissionDenied],
  ["EPERM", PermissionDenied],
  ["EBUSY", Busy],
  ["EISDIR", IsADirectory],
  ["ENOTDIR", NotADirectory],
  ["ELOOP", FilesystemLoop],
]);

/** The error that Deno would throw where Node throws this one. */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  const Named = BY_CODE.get(error.code);
  return Named === undefined ? error : new Named(error.message);
}

/** Does some work; its errors of the system are those of Deno. */
export function likeDeno<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw systemError(error);
  }
}
