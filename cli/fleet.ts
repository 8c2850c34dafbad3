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
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { withDatabaseTrouble } from "./fleet/database_trouble.ts";
import { tellHealth } from "./fleet/fleet_health.ts";
import { pruneRuns } from "./fleet/pruned_runs.ts";
import { moment } from "./input/moment.ts";
import { nativeDigest } from "./machine/native_digest.ts";
import { useDigest } from "../tools/data/sha256.ts";
import { queueAdapter } from "./fleet/open_queue.ts";
import {
  DATABASE_HELP,
  DATABASE_OPTION,
  openDatabase,
} from "./fleet/open_database.ts";

/** A migration may rewrite a large table. */
const TIMEOUT_MS = 3_600_000;

/** How long a run may be ready before that is a trouble, when nobody says, in seconds. */
const MAX_WAIT_SECONDS = 300;

/** `fleet`: the database of a fleet of workers. */
export const fleet: Command = {
  summary: "the database of a fleet of workers, its limits and pauses",
  help: `Usage: fleet install|migrate [--db URL] [--json]
       fleet pause|unpause [--tenant NAME] [--db URL]
       fleet limit --tenant NAME --running N|none [--db URL]
       fleet health [--max-wait S] [--db URL] [--json]
       fleet prune --before TIME --out DIR [--db URL]

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

All of it is on record in the table operation. For every reader:

health   counts the runs by state and tenant, and those that are ready

For the owner:

prune    writes the runs that finished before TIME into folders below DIR, verifies
         each there, and then deletes it from the database

  --before TIME  a day, or a moment such as 2026-11-22T08:00:00Z
  --max-wait S   seconds that a run may be ready before that is a trouble; default:
                 300

${DATABASE_HELP}
  --json         print the version of the schema, or how the fleet is, as JSON

Exit codes: 0 done, 2 (health) somebody should look, 4 the database cannot be
reached, 1 it could not be done for another reason.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [DATABASE_OPTION, ...Object.values(OPTIONS).flat()],
      flags: ["json"],
      operands: [VERBS.join("|")],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: VERBS,
    });
    refuseIdle(verb, given);
    return await withDatabaseTrouble(output, async () => {
      const isLong = verb === "install" || verb === "migrate";
      await using database = await openDatabase(
        given,
        isLong ? { timeoutMs: TIMEOUT_MS } : {},
      );
      return await done(verb, { database, given, output });
    });
  },
};

const VERBS = [
  "install",
  "migrate",
  "pause",
  "unpause",
  "limit",
  "health",
  "prune",
] as const;

type Verb = (typeof VERBS)[number];

/** The options of each verb, beside the database. */
const OPTIONS: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  pause: ["tenant"],
  unpause: ["tenant"],
  limit: ["tenant", "running"],
  health: ["max-wait"],
  prune: ["before", "out"],
};

/** Verbs that print JSON when they are asked to. */
const WITH_JSON: readonly Verb[] = ["install", "migrate", "health"];

interface Asked {
  readonly database: Database;
  readonly given: CommandLine;
  readonly output: Output;
}

async function done(verb: Verb, asked: Asked): Promise<number> {
  const { database, given, output } = asked;
  if (verb === "install" || verb === "migrate") {
    return await installed(verb, asked);
  }
  await checkSchema(database);
  if (verb === "health") {
    return await tellHealth(database, output, {
      json: given.flag("json"),
      maxWaitSeconds: numberOption(given, "max-wait") ?? MAX_WAIT_SECONDS,
    });
  }
  if (verb === "prune") {
    useDigest(nativeDigest);
    return await pruneRuns(database, output, {
      before: moment("before", given.required("before")),
      out: given.required("out"),
    });
  }
  output.data(terminalLine(await ordered(verb, asked)));
  return EXIT.ok;
}

async function installed(
  verb: "install" | "migrate",
  { database, given, output }: Asked,
): Promise<number> {
  const change = { install: installSchema, migrate: migrateSchema }[verb];
  const version = await change(database, config.version);
  const { installQueue } = await queueAdapter();
  await installQueue(database);
  if (given.flag("json")) output.json({ schema_version: version });
  else output.data(`${database.name}: the schema has version ${version}`);
  return EXIT.ok;
}

/** Does what an operator orders; returns what to say. */
async function ordered(
  verb: "pause" | "unpause" | "limit",
  { database, given }: Asked,
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

function numberOption(given: CommandLine, name: string): number | undefined {
  return given.option(name, (text) => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new UsageError(
      `Cannot use --${name} "${text}": expected a whole number`,
    );
  });
}

/** Refuses options that the verb has no use for. */
function refuseIdle(verb: Verb, given: CommandLine): void {
  const its = OPTIONS[verb] ?? [];
  const idle = Object.values(OPTIONS).flat().find((each) =>
    !its.includes(each) && given.option(each) !== undefined
  );
  const json = given.flag("json") && !WITH_JSON.includes(verb)
    ? "json"
    : undefined;
  const name = idle ?? json;
  if (name === undefined) return;
  throw new UsageError(`Cannot use --${name} with fleet ${verb}`);
}
