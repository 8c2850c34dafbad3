import { isAbsolute, join, relative } from "../../deps.ts";
import { entry, isWithin, realPlace, tidy } from "./place.ts";
import { violation } from "./refusal.ts";
import { readVerified, readVerifiedPage } from "./verified_read.ts";
import { writeVerified } from "./verified_write.ts";
import type { JudgedPlace } from "./judged_place.ts";
import type { Leftover } from "./leftover.ts";
import { type PathFacts, type Sandbox, SANDBOX_ROOT } from "./sandbox.ts";
import { ToolError } from "../tool_error.ts";

/** How a directory is used as a sandbox. */
export interface DirectorySandboxOptions {
  /** The largest file that is read whole, in bytes. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Whether no tool may touch a place, which is absolute and has every link followed.
   * Default: each place inside is open.
   */
  readonly closed?: ((place: string) => boolean) | undefined;
  /** Called for each empty file or directory that a write could not remove. Default: not called. */
  readonly leftover?: ((leftover: Leftover) => void) | undefined;
}

/**
 * Opens an existing directory as a sandbox; files longer than `maxBytes` are read in
 * pages. This module is one of the few that touch the disk.
 *
 * A place can change between the check and the use. So a read or a write looks
 * at every step of the judged place, opens the file, verifies that it is the
 * file at that place below the same directories, and then uses only its handle.
 * A file directly in the root is replaced at once, by a rename.
 *
 * @throws {Deno.errors.NotFound} when the directory does not exist
 */
export function directorySandbox(
  directory: string,
  options: DirectorySandboxOptions = {},
): Sandbox {
  const { maxBytes = 2 ** 20, leftover, closed } = options;
  const given = tidy(directory);
  const root = Deno.realPathSync(directory);

  /** Makes a path absolute without asking the disk; `undefined` when it leaves the root. */
  function locate(path: string): string | undefined {
    const absolute = tidy(isAbsolute(path) ? path : join(root, path));
    if (isWithin(absolute, root)) return absolute;
    return isWithin(absolute, given)
      ? join(root, relative(given, absolute))
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
      resolved: inside ? spelled(real) : "<outside>",
      inside,
      viaLink: real !== place,
      dotdotAfterLink: leavesLinkUpwards(path, root),
      special: info !== undefined && !info.isFile && !info.isDirectory,
      hardLinked: info?.isFile === true && info.nlink !== 1,
      ...inside && closed?.(real) === true ? { closed: true } as const : {},
    };
  }

  /** A place inside the sandbox, in its recorded form. */
  function spelled(place: string): string {
    return join(SANDBOX_ROOT, relative(root, place));
  }

  /**
   * The path of a judged place. Every link was followed to judge it, so no link
   * may be on the path now.
   */
  function located({ path, resolved }: JudgedPlace, action: string): string {
    const within = resolved.startsWith(SANDBOX_ROOT)
      ? resolved.slice(SANDBOX_ROOT.length)
      : undefined;
    const place = within === undefined ? undefined : tidy(`${root}${within}`);
    if (
      place === undefined || !isWithin(place, root) ||
      spelled(place) !== resolved || realPlace(place) !== place ||
      closed?.(place) === true
    ) throw violation(action, path);
    return place;
  }

  return {
    inspect,
    async readText(judged) {
      const { path } = judged;
      try {
        const place = located(judged, "read");
        return await readVerified({ path, place, root, maxBytes });
      } catch (error) {
        throw foreseen(error, `read "${path}"`);
      }
    },
    async readPage(judged, page) {
      const { path } = judged;
      try {
        const place = located(judged, "read");
        return await readVerifiedPage({ path, place, root, maxBytes }, page);
      } catch (error) {
        throw foreseen(error, `read "${path}"`);
      }
    },
    async writeText(judged, text) {
      const { path } = judged;
      const left = (kind: Leftover["kind"], place: string) =>
        leftover?.({ kind, place: spelled(place) });
      try {
        const place = located(judged, "write");
        return await writeVerified({ path, place, root, left }, text);
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

/** A refusal of the disk is an expected failure; `cause` tells when a permission is missing. */
function foreseen(error: unknown, action: string): ToolError {
  if (error instanceof ToolError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ToolError(`Cannot ${action}: the system refused it (${name})`, {
    type: "io_error",
    cause: error,
  });
}
