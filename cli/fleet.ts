import config from "../deno.json" with { type: "json" };
import {
  installSchema,
  migrateSchema,
} from "../evidence/store/postgres/schema.ts";
import { choice } from "./command/choice.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { withDatabaseTrouble } from "./fleet/database_trouble.ts";
import { queueAdapter } from "./fleet/open_queue.ts";
import {
  DATABASE_HELP,
  DATABASE_OPTION,
  openDatabase,
} from "./fleet/open_database.ts";

/** A migration may rewrite a large table. */
const TIMEOUT_MS = 3_600_000;

/** `fleet`: the database of a fleet of workers. */
export const fleet: Command = {
  summary: "install or migrate the database of a fleet of workers",
  help: `Usage: fleet install|migrate [--db URL] [--json]

install  makes the schemas fleet and fleet_jobs in a database that has none, and
         roles to grant to those who log in: fleet_submitter, fleet_worker,
         fleet_approver, fleet_operator and fleet_reader. None of them may change
         the schema, or a line of a ledger
migrate  brings both to the version of this program, and may be repeated

Both are for the owner of the database, who may make roles (CREATEROLE) where
these do not exist yet. PostgreSQL 15 or later.

${DATABASE_HELP}
  --json         print the version of the schema as JSON

Exit codes: 0 done, 4 the database cannot be reached, 1 it was not changed for
another reason.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [DATABASE_OPTION],
      flags: ["json"],
      operands: ["install|migrate"],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: ["install", "migrate"],
    });
    const change = { install: installSchema, migrate: migrateSchema }[verb];
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given, {
        timeoutMs: TIMEOUT_MS,
      });
      const version = await change(database, config.version);
      const { installQueue } = await queueAdapter();
      await installQueue(database);
      if (given.flag("json")) output.json({ schema_version: version });
      else output.data(`${database.name}: the schema has version ${version}`);
      return EXIT.ok;
    });
  },
};
