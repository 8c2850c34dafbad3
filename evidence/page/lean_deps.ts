/**
 * What takes the place of `deps.ts` in the page: the same functions of the same
 * packages, named one by one, so that the languages and converters of zod, which
 * nothing in the page calls, stay out of it. A page may not compile code from text,
 * so zod is told not to try.
 *
 * @module
 */
import { isAbsolute } from "npm:deno-std@1.3.1/path/posix/is_absolute.js";
import { join } from "npm:deno-std@1.3.1/path/posix/join.js";
import { normalize } from "npm:deno-std@1.3.1/path/posix/normalize.js";
import {
  array,
  boolean,
  catch as caught,
  config,
  custom,
  describe,
  discriminatedUnion,
  enum as oneOf,
  gt,
  int,
  iso,
  json,
  lazy,
  literal,
  looseObject,
  lt,
  maximum,
  maxLength,
  meta,
  minimum,
  minLength,
  nullable,
  nullish,
  number,
  object,
  optional,
  record,
  refine,
  regex,
  startsWith,
  strictObject,
  string,
  tuple,
  union,
  unknown,
} from "npm:zod@4.6.7/mini";
import en from "npm:zod@4.6.7/v4/locales/en.js";

config({ ...en(), jitless: true });

/** The parts of zod from which the schemas of the page's core are made. */
export const z = {
  array,
  boolean,
  catch: caught,
  custom,
  describe,
  discriminatedUnion,
  enum: oneOf,
  gt,
  int,
  iso,
  json,
  lazy,
  literal,
  looseObject,
  lt,
  maximum,
  maxLength,
  meta,
  minimum,
  minLength,
  nullable,
  nullish,
  number,
  object,
  optional,
  record,
  refine,
  regex,
  startsWith,
  strictObject,
  string,
  tuple,
  union,
  unknown,
} as const;

export { isAbsolute, join, normalize };
