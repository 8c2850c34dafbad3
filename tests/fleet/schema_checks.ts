/**
 * The schema is made and migrated by its owner, and each role may do what it is
 * for and nothing else.
 *
 * @module
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseError } from "../../evidence/store/postgres/database.ts";
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import {
  checkSchema,
  SCHEMA_VERSION,
  SchemaError,
} from "../../evidence/store/postgres/schema.ts";
import { program, PROJECT } from "../program.ts";
import { cluster } from "./cluster.ts";
import { fleetDatabase } from "./fleet_database.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

/** Runs `fleet` with no more than its help says that it needs. */
function fleet(verb: string, url: string, ...more: readonly string[]) {
  return program(["fleet", verb, ...more], {
    cwd: PROJECT,
    env: { DATABASE_URL: url },
    permissions: [
      `--allow-read=${PROJECT}`,
      `--allow-net=${new URL(url).host}`,
      "--allow-env=DATABASE_URL,PG*",
    ],
  });
}

Deno.test("fleet installs the schema once, and migrates it as often as asked", async () => {
  const url = await server.createDatabase();
  const name = `127.0.0.1:${server.port}${new URL(url).pathname}`;
  const missing = await fleet("migrate", url);
  assertEquals(missing, {
    code: 1,
    stdout: "",
    stderr:
      `${name}: the schema is not installed; as the owner of the database, run: fleet install\n`,
  });
  assertEquals(await fleet("install", url), {
    code: 0,
    stdout: `${name}: the schema has version ${SCHEMA_VERSION}\n`,
    stderr: "",
  });
  assertEquals(
    (await fleet("install", url)).stderr,
    `${name}: the schema is installed; bring it to this program's version with: fleet migrate\n`,
  );
  assertEquals(
    (await fleet("migrate", url, "--json")).stdout,
    `{"schema_version":${SCHEMA_VERSION}}\n`,
  );
  await using database = pgDatabase(url);
  await checkSchema(database);
});

Deno.test("two programs that install at once leave one schema", async () => {
  const url = await server.createDatabase();
  const ended = await Promise.all([1, 2, 3].map(() => fleet("install", url)));
  assertEquals(ended.map(({ code }) => code).sort(), [0, 1, 1]);
  await using database = pgDatabase(url);
  assertEquals(
    await database.query("select version from fleet.schema_version"),
    [{ version: SCHEMA_VERSION }],
  );
});

Deno.test("fleet says that a database cannot be reached, and exits with 4", async () => {
  const { code, stderr } = await fleet(
    "install",
    "postgres://x:secret@127.0.0.1:1/none",
  );
  assertEquals(code, 4);
  assertStringIncludes(stderr, "127.0.0.1:1/none: ");
  assertEquals(stderr.includes("secret"), false);
});

Deno.test("fleet does not repeat a URL that it cannot read", async () => {
  const { code, stderr } = await fleet(
    "install",
    "http://x:secret@127.0.0.1:1/none",
  );
  assertEquals(code, 1);
  assertEquals(
    stderr,
    "Cannot use DATABASE_URL: expected the URL of a database: postgres://USER:PASSWORD@HOST:PORT/NAME; see fleet --help\n",
  );
});

for (
  const { version, says } of [
    {
      version: SCHEMA_VERSION + 1,
      says: `the schema has version ${
        SCHEMA_VERSION + 1
      }, and this program knows ${SCHEMA_VERSION}; use the program that migrated it`,
    },
    {
      version: SCHEMA_VERSION - 1,
      says: `the schema has version ${
        SCHEMA_VERSION - 1
      }, and this program needs ${SCHEMA_VERSION}; as the owner, run: fleet migrate`,
    },
  ]
) {
  Deno.test(`a schema of version ${version} is refused`, async () => {
    await using given = await fleetDatabase(server);
    await given.database.query("delete from fleet.schema_version");
    await given.database.query(
      "insert into fleet.schema_version (version, program) values ($1, '9.9.9')",
      [version],
    );
    await assertRejects(() => checkSchema(given.database), SchemaError, says);
    if (version > SCHEMA_VERSION) {
      assertStringIncludes((await fleet("migrate", given.url)).stderr, says);
    }
  });
}

Deno.test("a server that is too old is refused, whatever schema it has", async () => {
  await using given = await fleetDatabase(server);
  const { database } = given;
  // No older server is to be had here: only what it says of itself is another.
  const old: typeof database = {
    ...database,
    query: (text, values) =>
      /server_version_num/.test(text)
        ? Promise.resolve([{ number: 140_013, name: "14.13" }])
        : database.query(text, values),
  };
  await assertRejects(
    () => checkSchema(old),
    SchemaError,
    "PostgreSQL 14.13 is too old; 15 or later is needed",
  );
});

Deno.test("a role without rights is told which to ask for", async () => {
  await using given = await fleetDatabase(server);
  await using database = pgDatabase(
    await server.as(given.url, "stranger", "pg_monitor"),
  );
  await assertRejects(
    () => checkSchema(database),
    SchemaError,
    "this role may not use the schema fleet; grant it fleet_reader, ",
  );
});

const HASH = "a".repeat(64);

/** Statements, and the one role each that may execute it; "-" for none. */
const RIGHTS: readonly (readonly [string, string])[] = [
  [
    "insert into fleet.run (run_id, tenant, task_text) values ('two', 'a', '')",
    "submitter",
  ],
  [
    `insert into fleet.corpus (sha256, documents) values ('${HASH}', '[]')`,
    "submitter",
  ],
  ["insert into fleet.run (run_id, state) values ('three', 'finished')", "-"],
  ["insert into fleet.run (run_id, epoch) values ('three', 9)", "-"],
  ["update fleet.run set owner = 'me'", "worker"],
  ["update fleet.run set cancel = true", "operator"],
  ["update fleet.run set lease_until = now()", "worker"],
  ["update fleet.run set policy_text = ''", "-"],
  ["update fleet.run set task_text = ''", "-"],
  ["update fleet.run set tenant = 'b'", "-"],
  [
    "insert into fleet.ledger_line (run_id, seq, line, epoch) values ('one', 1, '', 1)",
    "worker",
  ],
  ["update fleet.ledger_line set line = ''", "-"],
  ["delete from fleet.ledger_line", "-"],
  ["truncate fleet.ledger_line", "-"],
  ["delete from fleet.run", "-"],
  ["insert into fleet.incident (run_id, line) values ('one', '{}')", "worker"],
  ["update fleet.incident set line = ''", "-"],
  [
    "insert into fleet.run_file (run_id, path, seq) values ('one', 'a', 1)",
    "worker",
  ],
  [
    `insert into fleet.approval (run_id, bound_to, approver, verdict) values ('one', '${HASH}', 'ada', 'approved')`,
    "approver",
  ],
  [
    `insert into fleet.approval (run_id, bound_to, approver, verdict, at) values ('one', '${HASH}', 'ada', 'approved', now())`,
    "-",
  ],
  ["update fleet.approval set verdict = 'approved'", "-"],
  ["delete from fleet.approval", "-"],
  ["insert into fleet.pause (scope) values ('*')", "operator"],
  ["insert into fleet.tenant (name, max_running) values ('a', 1)", "operator"],
  ["create table fleet.mine (a integer)", "-"],
  ["alter table fleet.run add column mine integer", "-"],
  ["drop table fleet.run", "-"],
  [
    "create or replace function fleet.answered() returns trigger language sql as ''",
    "-",
  ],
  ["alter table fleet.approval disable trigger all", "-"],
];

for (const role of ["reader", "submitter", "worker", "approver", "operator"]) {
  Deno.test(`a ${role} may do what it is for, and nothing else`, async () => {
    await using given = await fleetDatabase(server);
    await given.database.query("insert into fleet.run (run_id) values ('one')");
    await using database = pgDatabase(
      await server.as(given.url, `a_${role}`, `fleet_${role}`),
    );
    await checkSchema(database);
    const may: string[] = [];
    for (const [statement] of RIGHTS) {
      try {
        await database.query(statement);
        may.push(statement);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        assertEquals(error.code, "42501", `${statement}: ${error.message}`);
      }
    }
    assertEquals(
      may,
      RIGHTS.filter(([, who]) => who === role).map(([statement]) => statement),
    );
  });
}

Deno.test("an answer to a run that is not there is refused", async () => {
  await using given = await fleetDatabase(server);
  await assertRejects(
    () =>
      given.store().run("none").addAnswer(
        { bound_to: HASH, approver: "ada", verdict: "approved" },
        () => undefined,
      ),
    Error,
    'there is no run "none"',
  );
});
