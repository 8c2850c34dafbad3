import { join, normalize } from "../../deps.ts";
import {
  type PathFacts,
  type Sandbox,
  SANDBOX_ROOT,
} from "../../tools/sandbox/sandbox.ts";

/**
 * Where a path would lead in a sandbox without links: what can be said of it
 * without a disk.
 */
export function imaginedPlace(path: string): PathFacts {
  const given = path === SANDBOX_ROOT || path.startsWith(`${SANDBOX_ROOT}/`)
    ? path
    : path.startsWith("/")
    ? normalize(path)
    : join(SANDBOX_ROOT, path);
  const resolved = normalize(given).replace(/(?<=.)\/$/, "");
  const inside = resolved === SANDBOX_ROOT ||
    resolved.startsWith(`${SANDBOX_ROOT}/`);
  return {
    resolved: inside || resolved.startsWith("/")
      ? resolved
      : `${SANDBOX_ROOT}/${resolved}`,
    inside,
    viaLink: false,
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

/** A sandbox of which paths alone are known; nothing can be opened there. */
export const IMAGINED_SANDBOX: Sandbox = {
  inspect: imaginedPlace,
  readText: () => Promise.reject(new Error("There is no such file")),
  writeText: () => Promise.reject(new Error("There is no such file")),
};
