import { parseArgs } from "./parse_args.ts";
import { nearest } from "../../tools/data/nearest.ts";
import { UsageError } from "./command.ts";

/** The option of every command; `main` removes it from the command line. */
const COMMON_FLAGS = ["help", "quiet"] as const;

/** What a command accepts. */
export interface CommandLineShape {
  /** Options that take a value: `--out DIR`. */
  readonly options?: readonly string[];
  /** Options that take a value, and may come several times. */
  readonly repeatable?: readonly string[];
  /** Options that do not: `--check`. */
  readonly flags?: readonly string[];
  /** Names of the operands, all of them required; `NAME...` takes one or more. */
  readonly operands?: readonly string[];
}

/** A command line taken apart. */
export interface CommandLine {
  option(name: string): string | undefined;
  /** What `read` makes of the value of an option; `undefined` when it was not given. */
  option<T>(name: string, read: (value: string) => T): T | undefined;
  /**
   * The value of an option that the command cannot do without.
   *
   * @throws {UsageError} when it was not given
   */
  required(name: string): string;
  /** The values of an option that may come several times, in their order. */
  every(name: string): readonly string[];
  flag(name: string): boolean;
  /** Operand number `index`, from 0. */
  operand(index: number): string;
  /** All operands. */
  readonly operands: readonly string[];
}

/**
 * Takes a command line apart, strictly.
 *
 * @throws {UsageError} for an unknown or repeated option, a missing value, and operands too many or too few
 */
export function parseCommandLine(
  args: readonly string[],
  { options = [], repeatable = [], flags = [], operands = [] }:
    CommandLineShape,
): CommandLine {
  const parsed = parseArgs(args, {
    string: [...options, ...repeatable],
    boolean: flags,
    collect: repeatable,
    unknown: (name) => {
      if (name.startsWith("-") && name !== "-") {
        const word = name.replace(/^-+/, "").replace(/=.*/s, "");
        const meant = nearest(word, [
          ...options,
          ...repeatable,
          ...flags,
          ...COMMON_FLAGS,
        ]);
        throw new UsageError(
          `Cannot understand "${name}": unknown option${
            meant === undefined ? "" : `; did you mean "--${meant}"?`
          }`,
        );
      }
    },
  });
  for (const name of options) {
    const uses = args.filter((each) =>
      each === `--${name}` || each.startsWith(`--${name}=`)
    );
    if (uses.length > 1) throw new UsageError(`Cannot use --${name} twice`);
    if (parsed[name] === "") throw new UsageError(`--${name} needs a value`);
  }
  for (const name of repeatable) {
    if (every(name).includes("")) {
      throw new UsageError(`--${name} needs a value`);
    }
  }
  const given = parsed._.map(String);
  const more = operands.at(-1)?.endsWith("...") === true &&
    given.length > operands.length;
  if (given.length !== operands.length && !more) {
    throw new UsageError(
      operands.length === 0
        ? `Cannot understand "${given[0]}": no operand is expected`
        : `Expected ${operands.join(" ")}, found ${
          given.length === 0 ? "nothing" : given.join(" ")
        }`,
    );
  }
  function every(name: string): readonly string[] {
    const values = parsed[name];
    return Array.isArray(values) ? values.map(String) : [];
  }
  function option(name: string): string | undefined;
  function option<T>(name: string, read: (value: string) => T): T | undefined;
  function option<T>(
    name: string,
    read?: (value: string) => T,
  ): string | T | undefined {
    const value = parsed[name];
    if (typeof value !== "string") return undefined;
    return read === undefined ? value : read(value);
  }
  return {
    option,
    required(name) {
      const value = option(name);
      if (value === undefined) throw new UsageError(`--${name} is missing`);
      return value;
    },
    every,
    flag: (name) => parsed[name] === true,
    operand: (index) => given[index] ?? "",
    operands: given,
  };
}
