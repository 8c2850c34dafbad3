import { UsageError } from "../command/command.ts";

/** A command line with the command of a server at its end. */
export interface ServerWords {
  /** What is before `--`. */
  readonly own: readonly string[];
  readonly command: string;
  readonly rest: readonly string[];
}

/**
 * Takes a command line apart at `--`.
 *
 * @throws {UsageError} when no command follows
 */
export function serverCommandIn(args: readonly string[]): ServerWords {
  const end = args.indexOf("--");
  const [command, ...rest] = end === -1 ? [] : args.slice(end + 1);
  if (command !== undefined) {
    return { own: args.slice(0, end), command, rest };
  }
  throw new UsageError('Expected "-- COMMAND...", the command of a server');
}

/**
 * What a server may be called in policy and record: `mcp` is what is not a tool, and
 * a dot begins the name of one.
 *
 * @throws {UsageError} for anything else
 */
export function serverName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,32}$/.test(name) && name !== "mcp") return name;
  throw new UsageError(
    `Cannot use --name "${name}": expected up to 32 letters, digits, "-" and "_", and not "mcp"`,
  );
}
