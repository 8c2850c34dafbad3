import { isAbsolute, join, relative } from "../deps.ts";
import { entry, isWithin, realPlace, tidy } from "./_place.ts";
import { violation } from "./_refusal.ts";
import { readVerified } from "./_verified_read.ts";
import { writeVerified } from "./_verified_write.ts";
import { type PathFacts, type Sandbox, SANDBOX_ROOT } from "./sandbox.ts";
import { ToolError } from "./tool_error.ts";

/**
 * Opens an existing directory as a sandbox, of which files of up to `maxBytes`
 * bytes can be read (default: 1 MiB). This module is one of the few that touch
 * the disk.
 *
 * What a path leads to can change between the check and the use, so a read
 * and a write open a file first, verify that it is the one which stands at the
 * path inside the root, and then use nothing but its handle. A file that is
 * directly in the root is replaced at once, by a rename.
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
        special: false,
        hardLinked: false,
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
      special: info !== undefined && !info.isFile && !info.isDirectory,
      hardLinked: info?.isFile === true && info.nlink !== 1,
    };
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
        const real = verifiedPlace(path);
        return await readVerified({ path, real, root, maxBytes });
      } catch (error) {
        throw foreseen(error, `read "${path}"`);
      }
    },
    async writeText(path, text) {
      try {
        const real = verifiedPlace(path);
        return await writeVerified({ path, real, root }, text);
      } catch (error) {
        throw foreseen(error, `write "${path}"`);
      }
    },
  };
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

/** What the disk refuses is foreseen; `cause` says when a permission is lacking. */
function foreseen(error: unknown, action: string): ToolError {
  if (error instanceof ToolError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ToolError(`Cannot ${action}: the system refused it (${name})`, {
    type: "io_error",
    cause: error,
  });
}
