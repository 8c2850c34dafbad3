import { parseArgs } from "../deps.ts";
import { UsageError } from "./command.ts";

/** What a command accepts. */
export interface ArgumentsShape {
  /** Options that take a value: `--out DIR`. */
  readonly options?: readonly string[];
  /** Options that do not: `--check`. */
  readonly flags?: readonly string[];
  /** Names of the operands, all of them required. */
  readonly operands?: readonly string[];
}

/** A command line taken apart. */
export interface Arguments {
  option(name: string): string | undefined;
  flag(name: string): boolean;
  /** Operand number `index`, from 0. */
  operand(index: number): string;
}

/**
 * Takes a command line apart, strictly.
 *
 * @throws {UsageError} for an unknown or repeated option, a missing value, and operands too many or too few
 */
export function readArguments(
  args: readonly string[],
  { options = [], flags = [], operands = [] }: ArgumentsShape,
): Arguments {
  const parsed = parseArgs(args, {
    string: options,
    boolean: flags,
    unknown: (name) => {
      if (name.startsWith("-") && name !== "-") {
        throw new UsageError(`Cannot understand "${name}": unknown option`);
      }
    },
  });
  for (const name of options) {
    const value = parsed[name];
    if (Array.isArray(value)) {
      throw new UsageError(`Cannot use --${name} twice`);
    }
    if (value === "") throw new UsageError(`--${name} needs a value`);
  }
  const given = parsed._.map(String);
  if (given.length !== operands.length) {
    throw new UsageError(
      operands.length === 0
        ? `Cannot understand "${given[0]}": no operand is expected`
        : `Expected ${operands.join(" ")}, found ${
          given.length === 0 ? "nothing" : given.join(" ")
        }`,
    );
  }
  return {
    option: (name) => {
      const value = parsed[name];
      return typeof value === "string" ? value : undefined;
    },
    flag: (name) => parsed[name] === true,
    operand: (index) => given[index] ?? "",
  };
}
