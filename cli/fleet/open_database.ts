import type { Database } from "../../evidence/store/postgres/database.ts";
import type { DatabaseOptions } from "../../evidence/store/postgres/pg_database.ts";
import type { CommandLine } from "../command/command_line.ts";
import { UsageError } from "../command/command.ts";

/** The option with which commands name a database. */
export const DATABASE_OPTION = "db";

/** The value of the option that means the variable DATABASE_URL. */
const FROM_ENVIRONMENT = "env";

/** What the help texts say of it. */
export const DATABASE_HELP =
  `  --db URL       postgres://USER:PASSWORD@HOST:PORT/NAME, or env for the variable
                 DATABASE_URL, which is the default. The process needs
                 --allow-net=HOST:PORT and --allow-env=DATABASE_URL,PG*`;

/**
 * Opens the database that a command line names, or else DATABASE_URL, which keeps
 * the password out of the list of processes. Nothing is sent yet.
 *
 * @throws {UsageError} when none is named, or not by a URL
 */
export async function openDatabase(
  given: CommandLine,
  options: DatabaseOptions = {},
): Promise<Database> {
  const named = given.option(DATABASE_OPTION);
  const isNamed = named !== undefined && named !== FROM_ENVIRONMENT;
  const url = isNamed ? named : Deno.env.get("DATABASE_URL");
  const where = isNamed ? `--${DATABASE_OPTION}` : "DATABASE_URL";
  if (url === undefined || url === "") {
    throw new UsageError(
      `Cannot open a database: name one with --${DATABASE_OPTION} URL or DATABASE_URL`,
    );
  }
  const { pgDatabase }:
    typeof import("../../evidence/store/postgres/pg_database.ts") =
      await import(
        new URL("../../evidence/store/postgres/pg_database.ts", import.meta.url)
          .href
      );
  try {
    return pgDatabase(url, options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // The URL itself may hold a password.
    throw new UsageError(`Cannot use ${where}: ${error.message}`);
  }
}
