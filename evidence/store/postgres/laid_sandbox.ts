import { dirname, join, normalize } from "../../../deps.ts";
import { cannotWrite } from "../file_error.ts";
import type { SandboxFiles } from "./run_files.ts";

/**
 * Makes a directory hold exactly these files. What was there is removed: another
 * process may have left it half-done. This module is one of the few that touch
 * the disk.
 *
 * @throws {InputError} when it cannot be written, or a path leads out of it
 */
export function laySandbox(root: string, files: SandboxFiles): void {
  try {
    Deno.mkdirSync(root, { recursive: true });
    Deno.removeSync(root, { recursive: true });
    Deno.mkdirSync(root);
    for (const [path, content] of files) {
      if (normalize(path) !== path || /^(\/|\.\.(\/|$))/.test(path)) {
        throw new RangeError(`the path "${path}" leads out of it`);
      }
      const place = join(root, path);
      Deno.mkdirSync(dirname(place), { recursive: true });
      Deno.writeFileSync(place, content, { createNew: true });
    }
  } catch (cause) {
    throw cannotWrite("the sandbox there", root, cause);
  }
}
