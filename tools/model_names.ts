import { sha256Text } from "./data/sha256.ts";

/** How a model is told the names of tools. */
export interface ModelNames {
  /** The name for the model; one that is not known stays as it is. */
  forModel(name: string): string;
  /** The name in policy and record; one that is not known stays as it is. */
  fromModel(name: string): string;
}

/** Providers take no other names. */
const FOR_MODEL = /^[A-Za-z0-9_-]{1,64}$/;
/** A tool of a server, `NAME.tool`, of characters that providers take. */
const SERVED = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const MAX_LENGTH = 64;
/** How many digits of its SHA-256 tell a shortened name from others, to begin with. */
const DIGITS = 8;

/**
 * Finds a name for each tool that every provider takes, and no two the same. One
 * that a provider takes stays as it is. `NAME.tool` becomes `NAME__tool`. Where that
 * is taken or longer than 64 characters, or has other characters in it, it is cut
 * and ends in `_` and the first 8 hex digits of the SHA-256 of the name on record.
 * It follows from the names alone, in whatever order they come.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { forModel, fromModel } = modelNames(["read", "fs.read"]);
 * assertEquals(forModel("fs.read"), "fs__read");
 * assertEquals(fromModel("fs__read"), "fs.read");
 * assertEquals(fromModel("read"), "read");
 * ```
 */
export function modelNames(names: Iterable<string>): ModelNames {
  const given = new Map<string, string>();
  const known = new Map<string, string>();
  const sorted = [...new Set(names)].sort();
  const usable = sorted.filter((name) => FOR_MODEL.test(name));
  for (const name of usable) take(name, name);
  const others = sorted.filter((name) => !FOR_MODEL.test(name));
  for (const name of others) {
    const short = name.replace(".", "__");
    const fits = SERVED.test(name) && short.length <= MAX_LENGTH;
    take(name, fits && !known.has(short) ? short : hashed(name));
  }

  function take(name: string, forModel: string): void {
    given.set(name, forModel);
    known.set(forModel, name);
  }

  function hashed(name: string): string {
    const plain = name.replace(".", "__").replaceAll(/[^A-Za-z0-9_-]/g, "_");
    const sha256 = sha256Text(name);
    let digits = DIGITS;
    let found: string;
    do {
      const end = `_${sha256.slice(0, digits)}`;
      found = `${plain.slice(0, MAX_LENGTH - end.length)}${end}`;
      digits += 1;
    } while (known.has(found));
    return found;
  }

  return {
    forModel: (name) => given.get(name) ?? name,
    fromModel: (name) => known.get(name) ?? name,
  };
}
