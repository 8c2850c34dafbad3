import { dirname, isAbsolute, join, normalize, relative } from "../deps.ts";
import { type PathFacts, type Sandbox, SANDBOX_ROOT } from "./sandbox.ts";
import { ToolError } from "./tool_error.ts";

/**
 * Opens an existing directory as a sandbox, of which files of up to `maxBytes`
 * bytes can be read (default: 1 MiB). This module is one of the few that touch
 * the disk.
 *
 * What a path leads to can change between the check and the use, so a read
 * opens first and then verifies that the opened file is the one which the path
 * names inside the root, and a write goes to a fresh temporary file in the
 * verified directory and is renamed over its target.
 *
 * @throws {Deno.errors.NotFound} when there is no such directory
 */
export function directorySandbox(
  directory: string,
  options: { readonly maxBytes?: number } = {},
): Sandbox {
  const { maxBytes = 2 ** 20 } = options;
  const spelled = tidy(directory);
  const root = Deno.realPathSync(directory);

  /** Makes a path absolute without asking the disk; `undefined` when it leaves the root. */
  function locate(path: string): string | undefined {
    const absolute = tidy(isAbsolute(path) ? path : join(root, path));
    if (isWithin(absolute, root)) return absolute;
    return isWithin(absolute, spelled)
      ? join(root, relative(spelled, absolute))
      : undefined;
  }

  function inspect(path: string): PathFacts {
    const place = locate(path);
    if (place === undefined) {
      return {
        resolved: isAbsolute(path)
          ? tidy(path)
          : `${SANDBOX_ROOT}/${tidy(path)}`,
        inside: false,
        viaLink: false,
        dotdotAfterLink: false,
        kind: "other",
        links: 0,
      };
    }
    const real = realPlace(place);
    const inside = real !== undefined && isWithin(real, root);
    const info = inside ? entry(real) : undefined;
    return {
      resolved: inside ? join(SANDBOX_ROOT, relative(root, real)) : "<outside>",
      inside,
      viaLink: real !== place,
      dotdotAfterLink: leavesLinkUpwards(path, root),
      kind: kindOf(info),
      links: info?.nlink ?? 0,
    };
  }

  async function readVerified(path: string): Promise<string> {
    const real = verifiedPlace(path);
    const before = entry(real);
    if (before === undefined) {
      throw new ToolError(`Cannot read "${path}": there is no such file`, {
        type: "not_found",
      });
    }
    if (!before.isFile) throw notAFile("read", path);
    // Opening may block for ever when the file was swapped for a FIFO, so it does not block the process.
    using file = await Deno.open(real, { read: true });
    const opened = file.statSync();
    const now = Deno.realPathSync(real);
    if (!isWithin(now, root) || !isSameFile(opened, entry(now))) {
      throw violation("read", path);
    }
    if (opened.size > maxBytes) {
      throw new ToolError(
        `Cannot read "${path}": it is larger than ${maxBytes} bytes`,
        { type: "too_large" },
      );
    }
    const bytes = readAll(file, opened.size);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        bytes,
      );
    } catch (cause) {
      throw new ToolError(`Cannot read "${path}": it is not UTF-8 text`, {
        type: "not_text",
        cause,
      });
    }
  }

  function writeVerified(path: string, text: string): number {
    const target = verifiedPlace(path);
    const existing = entry(target);
    if (existing !== undefined && !(existing.isFile && existing.nlink === 1)) {
      throw notAFile("write", path);
    }
    const parent = dirname(target);
    Deno.mkdirSync(parent, { recursive: true });
    if (Deno.realPathSync(parent) !== parent) throw violation("write", path);
    const temporary = join(parent, `.${crypto.randomUUID()}.tmp`);
    const bytes = new TextEncoder().encode(text);
    try {
      using file = Deno.openSync(temporary, { write: true, createNew: true });
      const opened = file.statSync();
      const real = Deno.realPathSync(temporary);
      if (!isWithin(real, root) || !isSameFile(opened, entry(real))) {
        throw violation("write", path);
      }
      writeAll(file, bytes);
      Deno.renameSync(temporary, target);
    } catch (error) {
      if (entry(temporary) !== undefined) Deno.removeSync(temporary);
      throw error;
    }
    return bytes.length;
  }

  /** Where a path leads, provided that it is inside; the policy has said so before. */
  function verifiedPlace(path: string): string {
    const place = locate(path);
    const real = place === undefined ? undefined : realPlace(place);
    if (real === undefined || !isWithin(real, root)) {
      throw violation("open", path);
    }
    return real;
  }

  return {
    inspect,
    async readText(path) {
      try {
        return await readVerified(path);
      } catch (error) {
        throw foreseen(error, `read "${path}"`);
      }
    },
    // deno-lint-ignore require-await
    async writeText(path, text) {
      try {
        return writeVerified(path, text);
      } catch (error) {
        throw foreseen(error, `write "${path}"`);
      }
    },
  };
}

/** Normalises by spelling alone; a slash at the end says nothing. */
function tidy(path: string): string {
  const normal = normalize(path);
  return normal === "/" ? normal : normal.replace(/\/$/, "");
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === "/" ? root : `${root}/`);
}

/**
 * The real path of `place`, or of its deepest existing ancestor with the rest
 * behind it. `undefined` when that cannot be told: a dangling link, a loop.
 */
function realPlace(place: string): string | undefined {
  try {
    return Deno.realPathSync(place);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!missing || entry(place) !== undefined) return undefined;
    const parent = dirname(place);
    if (parent === place) return undefined;
    const real = realPlace(parent);
    return real === undefined
      ? undefined
      : join(real, place.slice(parent.length));
  }
}

/** What stands at a path itself, no link followed. */
function entry(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}

function kindOf(info: Deno.FileInfo | undefined): PathFacts["kind"] {
  if (info === undefined) return "missing";
  if (info.isFile) return "file";
  return info.isDirectory ? "directory" : "other";
}

function readAll(file: Deno.FsFile, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function isSameFile(
  opened: Deno.FileInfo,
  named: Deno.FileInfo | undefined,
): boolean {
  return named !== undefined && opened.isFile && opened.nlink === 1 &&
    opened.dev === named.dev && opened.ino === named.ino;
}

/** Whether some `..` of the path is applied to a link. */
function leavesLinkUpwards(path: string, root: string): boolean {
  let prefix = isAbsolute(path) ? "/" : root;
  for (const segment of path.split("/")) {
    if (segment === ".." && entry(prefix)?.isSymlink) return true;
    prefix = join(prefix, segment);
  }
  return false;
}

function notAFile(action: string, path: string): ToolError {
  return new ToolError(`Cannot ${action} "${path}": it is not a regular file`, {
    type: "not_a_file",
  });
}

/** What the disk refuses is foreseen; `cause` says when a permission is lacking. */
function foreseen(error: unknown, action: string): ToolError {
  if (error instanceof ToolError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ToolError(`Cannot ${action}: the system refused it (${name})`, {
    type: "io_error",
    cause: error,
  });
}

function violation(action: string, path: string): ToolError {
  return new ToolError(
    `Cannot ${action} "${path}": it changed after it was judged, or leads out of the sandbox`,
    { type: "sandbox_violation" },
  );
}
