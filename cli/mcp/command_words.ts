import { refusalOfServerName } from "../../policy/server_name.ts";
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
 * Takes the name of a server that a person gave.
 *
 * @throws {UsageError} when no server can have it
 */
export function serverName(name: string): string {
  const refusal = refusalOfServerName(name);
  if (refusal === undefined) return name;
  throw new UsageError(`${refusal}; see --name`);
}
