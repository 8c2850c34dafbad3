import config from "../deno.json" with { type: "json" };
import type { Database } from "../evidence/store/postgres/database.ts";
import {
  ALL_TENANTS,
  limitTenant,
  pauseFleet,
  unpauseFleet,
} from "../evidence/store/postgres/fleet_limits.ts";
import {
  checkSchema,
  installSchema,
  migrateSchema,
} from "../evidence/store/postgres/schema.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { choice } from "./command/choice.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT, UsageError } from "./command/command.ts";
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
  summary: "the database of a fleet of workers, its limits and pauses",
  help: `Usage: fleet install|migrate [--db URL] [--json]
       fleet pause|unpause [--tenant NAME] [--db URL]
       fleet limit --tenant NAME --running N|none [--db URL]

install  makes the schemas fleet and fleet_jobs in a database that has none, and
         roles to grant to those who log in: fleet_submitter, fleet_worker,
         fleet_approver, fleet_operator and fleet_reader. None of them may change
         the schema, or a line of a ledger
migrate  brings both to the version of this program, and may be repeated

These are for the owner of the database, who may make roles (CREATEROLE) where
they do not exist yet. PostgreSQL 15 or later. The others are for fleet_operator:

pause    lets no effect begin from now on, of a tenant or of all, until unpause;
         what has begun gets its receipt, and runs stop with an incident
limit    how many runs of a tenant are executed at once at most; strict

All of it is on record in the table operation.

${DATABASE_HELP}
  --json         print the version of the schema as JSON

Exit codes: 0 done, 4 the database cannot be reached, 1 it was not changed for
another reason.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [DATABASE_OPTION, "tenant", "running"],
      flags: ["json"],
      operands: ["install|migrate|pause|unpause|limit"],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: ["install", "migrate", "pause", "unpause", "limit"],
    });
    refuseIdle(verb, given);
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given, {
        timeoutMs: TIMEOUT_MS,
      });
      if (verb !== "install" && verb !== "migrate") {
        await checkSchema(database);
        output.data(terminalLine(await ordered(verb, { database, given })));
        return EXIT.ok;
      }
      const change = { install: installSchema, migrate: migrateSchema }[verb];
      const version = await change(database, config.version);
      const { installQueue } = await queueAdapter();
      await installQueue(database);
      if (given.flag("json")) output.json({ schema_version: version });
      else output.data(`${database.name}: the schema has version ${version}`);
      return EXIT.ok;
    });
  },
};

/** Does what an operator orders; returns what to say. */
async function ordered(
  verb: "pause" | "unpause" | "limit",
  { database, given }: {
    readonly database: Database;
    readonly given: CommandLine;
  },
): Promise<string> {
  if (verb === "limit") {
    const tenant = given.required("tenant");
    const running = runningOf(given.required("running"));
    await limitTenant(database, tenant, running);
    return `${tenant}: ${
      running === undefined ? "no limit" : `up to ${running} at once`
    }`;
  }
  const scope = given.option("tenant") ?? ALL_TENANTS;
  const who = scope === ALL_TENANTS ? "all tenants" : scope;
  if (verb === "pause") {
    return await pauseFleet(database, scope)
      ? `${who}: paused`
      : `${who}: paused already`;
  }
  return await unpauseFleet(database, scope)
    ? `${who}: not paused any more`
    : `${who}: not paused`;
}

function runningOf(text: string): number | undefined {
  if (text === "none") return undefined;
  const running = Number(text);
  if (/^\d{1,6}$/.test(text) && running > 0) return running;
  throw new UsageError(
    `Cannot use --running "${text}": expected a number from 1, or none`,
  );
}

/** Refuses options that the verb has no use for. */
function refuseIdle(verb: string, given: CommandLine): void {
  const idle = [
    ...verb === "limit" ? [] : ["running"],
    ...["install", "migrate"].includes(verb) ? ["tenant"] : [],
  ].find((each) => given.option(each) !== undefined);
  if (idle !== undefined) {
    throw new UsageError(`Cannot use --${idle} with fleet ${verb}`);
  }
  if (given.flag("json") && !["install", "migrate"].includes(verb)) {
    throw new UsageError(`Cannot use --json with fleet ${verb}`);
  }
}
