/**
 * Every third-party module, at an exact version. A module that is run from a
 * URL sees no import map, so the specifiers are inline.
 *
 * `deno-std` is the standard library's JavaScript without its types; each
 * function that we use gets its signature here.
 *
 * @module
 */
import { parseArgs as cliParseArgs } from "npm:deno-std@1.3.1/cli/parse_args.js";
import { walkSync as fsWalkSync } from "npm:deno-std@1.3.1/fs/walk.js";
import { dirname as pathDirname } from "npm:deno-std@1.3.1/path/posix/dirname.js";
import { fromFileUrl as pathFromFileUrl } from "npm:deno-std@1.3.1/path/posix/from_file_url.js";
import { isAbsolute as pathIsAbsolute } from "npm:deno-std@1.3.1/path/posix/is_absolute.js";
import { join as pathJoin } from "npm:deno-std@1.3.1/path/posix/join.js";
import { normalize as pathNormalize } from "npm:deno-std@1.3.1/path/posix/normalize.js";
import { relative as pathRelative } from "npm:deno-std@1.3.1/path/posix/relative.js";
import defer * as jsYaml from "npm:js-yaml@5.5.0";
import defer * as re2 from "npm:re2js@2.10.0";
import * as z from "npm:zod@4.6.7/mini";
import { parse as yamlParse } from "npm:deno-std@1.3.1/yaml/parse.js";

// The functional form of zod: the same schemas and checks as its main entry,
// built in a fraction of the time. It words its messages when it is told how.
z.config(z.locales.en());
export { z };

/** Parses one YAML 1.2 document with the core schema (no tags of one's own, no merge keys, no dates). */
export const parseYaml: (
  text: string,
  options: { readonly schema: "core" },
) => unknown = yamlParse;

/** The other reader of YAML 1.2, which says where each part of a text stands. */
export const yamlEvents = {
  /** Lists the parts of a text in its order; throws a `YamlSyntaxError`. */
  parse: (text: string): readonly jsYaml.Event[] =>
    jsYaml.parseEvents(text, { maxDepth: 1000 }),
  /** The documents that those parts make up, by the core schema. */
  construct: (
    events: readonly jsYaml.Event[],
    source: string,
  ): readonly unknown[] =>
    jsYaml.constructFromEvents([...events], {
      source,
      schema: jsYaml.CORE_SCHEMA,
    }),
  /** What a scalar says, quotes and escapes resolved. */
  scalarText: (source: string, scalar: jsYaml.ScalarEvent): string =>
    jsYaml.getScalarValue(source, scalar),
  /** Whether it is what `parse` and `construct` throw. */
  isSyntaxError: (error: unknown): error is YamlSyntaxError =>
    error instanceof jsYaml.YAMLException,
};

/** What is wrong with a YAML text, and where. */
export interface YamlSyntaxError extends Error {
  /** What is wrong. */
  readonly reason: string;
  /** Where: a character and its line, both from 0. */
  readonly mark?:
    | { readonly position: number; readonly line: number }
    | undefined;
}

/** A part of a YAML text: a document, the beginning or the end of a collection, a scalar, an alias. */
export type YamlEvent = jsYaml.Event;

export { default as MiniSearch } from "npm:minisearch@7.2.0";
/** A radix tree from texts to values, which is asked by prefix and by edit distance. */
export { default as SearchableMap } from "npm:minisearch@7.2.0/SearchableMap";
/** The stem of an English word in lower case, by Porter's algorithm. */
export { stemmer } from "npm:stemmer@2.0.1";

/** A compiled regular expression. */
export interface Re2 {
  /** How many instructions it has. */
  readonly programSize: () => number;
  /** Looks for it in a text, one match after the other. */
  readonly matcher: (text: string) => {
    readonly find: () => boolean;
    readonly start: () => number;
    readonly end: () => number;
  };
}

/**
 * Compiles a regular expression of RE2's syntax; throws for any other. The first
 * one runs the package, which most runs do without.
 */
export const compileRe2: (pattern: string) => Re2 = (pattern) =>
  re2.RE2JS.compile(pattern);

/**
 * Writes a JSON value in the canonical form of RFC 8785; `undefined` for
 * `undefined`, functions and symbols. Throws for what the form cannot carry: a
 * lone surrogate, NaN, an infinity, a bigint.
 */
export { default as canonicalize } from "npm:canonicalize@5.1.0";

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

/** Takes a command line apart: options by name, operands under `_`. */
export const parseArgs: (
  args: readonly string[],
  options: {
    readonly string: readonly string[];
    readonly boolean: readonly string[];
    /** Called with each argument that is not an option named above. */
    readonly unknown: (argument: string) => void;
  },
) => { readonly _: readonly unknown[]; readonly [name: string]: unknown } =
  cliParseArgs;

/** Lists what is below a folder, folder by folder; throws when one cannot be read. */
export const walkSync: (
  root: string,
  options: {
    readonly includeDirs: boolean;
    readonly includeSymlinks: boolean;
  },
) => Iterable<{ readonly path: string }> = fsWalkSync;
