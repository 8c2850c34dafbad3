import { dirname } from "../../deps.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { cannotWrite } from "./file_error.ts";

/** How every page begins. */
const BEGINNING = "<!doctype html>\n";

/**
 * Writes a page by temporary file and rename. A file that is there already is
 * replaced only when it is a page too.
 *
 * @throws {InputError} when it cannot be written, or something else is there
 */
export function writePage(path: string, html: string): void {
  const part = `${path}.part`;
  try {
    refuseOther(path);
    Deno.writeTextFileSync(part, html, { createNew: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw unusable(
        part,
        "another process writes it, or was interrupted; if none does, remove the file",
        { cause },
      );
    }
    if (cause instanceof Deno.errors.NotFound) {
      throw unusable(dirname(path), "there is no such folder", { cause });
    }
    throw cause instanceof Error && cause.name === "InputError"
      ? cause
      : cannotWrite("the report", path, cause);
  }
  try {
    Deno.renameSync(part, path);
  } catch (cause) {
    Deno.removeSync(part);
    throw cannotWrite("the report", path, cause);
  }
}

/**
 * Makes the folder of some pages, and those above it, unless they are there.
 *
 * @throws {InputError} when it cannot be made, or something else is there
 */
export function makePageFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw cannotWrite("the reports", path, cause);
  }
}

/** Refuses to replace what is not a page. */
function refuseOther(path: string): void {
  let beginning: string;
  try {
    const info = Deno.lstatSync(path);
    if (!info.isFile) throw unusable(path, OTHER);
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(BEGINNING.length);
    file.readSync(bytes);
    beginning = new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (beginning !== BEGINNING) throw unusable(path, OTHER);
}

const OTHER =
  "something else than a report is there; name another file with --out, or remove it";
