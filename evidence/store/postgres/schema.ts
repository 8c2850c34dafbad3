import {
  type Database,
  DatabaseError,
  numberOf,
  type Session,
  textOf,
} from "./database.ts";
import grants from "./grants.sql" with { type: "text" };
import schema1 from "./schema_1.sql" with { type: "text" };

/** What makes each version of the schema from the one before; the first is version 1. */
const MIGRATIONS: readonly string[] = [schema1];

/** The version of the schema that this program uses. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** The oldest PostgreSQL with which the schema is tested, as `server_version_num` says it. */
const OLDEST_SERVER = 150_000;

/** Held while the schema is changed, so that two programs do not do it at once. */
const SCHEMA_LOCK = 7_120_411;

/** A database that the program cannot use as it is; its message says what would be right. */
export class SchemaError extends Error {
  /** Tells the error apart. */
  override readonly name = "SchemaError";
}

/**
 * Makes the schema `fleet` and the roles that use it, in a database that has
 * none; `program` is the version of the program, for the record.
 *
 * @throws {SchemaError} when it is there, or the server is too old
 */
export async function installSchema(
  database: Database,
  program: string,
): Promise<number> {
  return await changed(database, async (session) => {
    if (await schemaVersion(session) !== undefined) {
      throw new SchemaError(
        `${database.name}: the schema is installed; bring it to this program's version with: fleet migrate`,
      );
    }
    await session.query("create schema fleet");
    await migrated(session, { from: 0, program });
  });
}

/**
 * Brings the schema to the version of this program. Nothing changes when it is
 * there already, except that the roles get their rights again.
 *
 * @throws {SchemaError} when there is none, it is newer, or the server is too old
 */
export async function migrateSchema(
  database: Database,
  program: string,
): Promise<number> {
  return await changed(database, async (session) => {
    const from = await schemaVersion(session);
    if (from === undefined) throw notInstalled(database);
    if (from > SCHEMA_VERSION) throw tooNew(database, from);
    await migrated(session, { from, program });
  });
}

/**
 * Refuses a database that this program cannot use.
 *
 * @throws {SchemaError} when its schema is missing or has another version, or the
 *   server is too old
 */
export async function checkSchema(database: Database): Promise<void> {
  await refuseOldServer(database);
  const version = await schemaVersion(database).catch((error) => {
    if (!(error instanceof DatabaseError) || error.code !== "42501") {
      throw error;
    }
    throw new SchemaError(
      `${database.name}: this role may not use the schema fleet; grant it fleet_reader, fleet_submitter, fleet_worker or fleet_approver`,
    );
  });
  if (version === undefined) throw notInstalled(database);
  if (version > SCHEMA_VERSION) throw tooNew(database, version);
  if (version < SCHEMA_VERSION) {
    throw new SchemaError(
      `${database.name}: the schema has version ${version}, and this program needs ${SCHEMA_VERSION}; as the owner, run: fleet migrate`,
    );
  }
}

function notInstalled({ name }: Database): SchemaError {
  return new SchemaError(
    `${name}: the schema is not installed; as the owner of the database, run: fleet install`,
  );
}

function tooNew({ name }: Database, version: number): SchemaError {
  return new SchemaError(
    `${name}: the schema has version ${version}, and this program knows ${SCHEMA_VERSION}; use the program that migrated it`,
  );
}

async function changed(
  database: Database,
  work: (session: Session) => Promise<void>,
): Promise<number> {
  await refuseOldServer(database);
  await database.transaction(async (session) => {
    await session.query("select pg_advisory_xact_lock($1)", [SCHEMA_LOCK]);
    await work(session);
    await session.query(grants);
  });
  return SCHEMA_VERSION;
}

async function migrated(
  session: Session,
  { from, program }: { readonly from: number; readonly program: string },
): Promise<void> {
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < from) continue;
    await session.query(sql);
    await session.query(
      "insert into fleet.schema_version (version, program) values ($1, $2)",
      [index + 1, program],
    );
  }
}

/** The version of the schema; `undefined` when there is none. */
async function schemaVersion(session: Session): Promise<number | undefined> {
  const [there] = await session.query(
    "select to_regclass('fleet.schema_version') is not null as there",
  );
  if (there?.there !== true) return undefined;
  const [row] = await session.query(
    "select coalesce(max(version), 0) as version from fleet.schema_version",
  );
  return numberOf(row, "version");
}

async function refuseOldServer(database: Database): Promise<void> {
  const [row] = await database.query(
    "select current_setting('server_version_num')::integer as number, current_setting('server_version') as name",
  );
  if (numberOf(row, "number") >= OLDEST_SERVER) return;
  throw new SchemaError(
    `${database.name}: PostgreSQL ${
      textOf(row, "name")
    } is too old; 15 or later is needed`,
  );
}
