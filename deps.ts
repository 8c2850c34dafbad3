/**
 * The third-party code that any module may use, at exact versions: a module that
 * is run from a URL sees no import map, so the specifiers are inline. A package
 * that only a few modules need is imported by one module of its own; the layers
 * test names these modules.
 *
 * `deno-std` is the standard library's JavaScript without its types; each
 * function that we use gets its signature where it is imported.
 *
 * @module
 */
import { dirname as pathDirname } from "npm:deno-std@1.3.1/path/posix/dirname.js";
import { fromFileUrl as pathFromFileUrl } from "npm:deno-std@1.3.1/path/posix/from_file_url.js";
import { isAbsolute as pathIsAbsolute } from "npm:deno-std@1.3.1/path/posix/is_absolute.js";
import { join as pathJoin } from "npm:deno-std@1.3.1/path/posix/join.js";
import { normalize as pathNormalize } from "npm:deno-std@1.3.1/path/posix/normalize.js";
import { relative as pathRelative } from "npm:deno-std@1.3.1/path/posix/relative.js";
import * as z from "npm:zod@4.6.7/mini";

// The functional form of zod: the same schemas and checks as its main entry,
// built in a fraction of the time. It words its messages when it is told how.
z.config(z.locales.en());
export { z };

/** Joins POSIX path segments and normalises the result. */
export const join: (...segments: readonly string[]) => string = pathJoin;
/** Resolves `.`, `..` and repeated slashes of a POSIX path by spelling alone. */
export const normalize: (path: string) => string = pathNormalize;
/** The part of a POSIX path before its last slash. */
export const dirname: (path: string) => string = pathDirname;
/** The POSIX path of a `file:` URL. */
export const fromFileUrl: (url: URL) => string = pathFromFileUrl;
/** The POSIX path that leads from one to the other. */
export const relative: (from: string, to: string) => string = pathRelative;
/** Whether a POSIX path begins with a slash. */
export const isAbsolute: (path: string) => boolean = pathIsAbsolute;
