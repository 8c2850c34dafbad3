import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import { postgresStore } from "../../evidence/store/postgres/postgres_store.ts";
import { installSchema } from "../../evidence/store/postgres/schema.ts";
import type { Clocks } from "../../evidence/store/postgres/lease_guard.ts";
import { temporaryFolder } from "../program.ts";
import { NOW } from "../store_contract.ts";
import type { Cluster } from "./cluster.ts";

/** The clocks of this process. */
export const CLOCKS: Clocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};

/** A new database with the schema, and ways into it that a test closes together. */
export async function fleetDatabase(server: Cluster) {
  await using stack = new AsyncDisposableStack();
  const url = await server.createDatabase();
  const database = stack.use(pgDatabase(url));
  await installSchema(database, "0.0.0");
  const closing = stack.move();
  return {
    url,
    database,
    /** A store over the database, as one process has it; `port` leads to the server. */
    store(
      { owner = "test", leaseMs = 30_000, clocks = CLOCKS, port, isPipelined }:
        {
          readonly isPipelined?: boolean;
          readonly owner?: string;
          readonly leaseMs?: number;
          readonly clocks?: Clocks;
          readonly port?: number;
        } = {},
    ) {
      const folder = closing.use(temporaryFolder());
      const way = new URL(url);
      if (port !== undefined) way.port = String(port);
      return postgresStore({
        database: closing.use(pgDatabase(way.href)),
        scratch: folder.path,
        claimant: { owner, leaseMs, clocks },
        isPipelined,
        now: () => new Date(NOW),
      });
    },
    /** Every row of the tables that say what a run did, for a comparison. */
    async rows() {
      const tables = ["run", "ledger_line", "run_file", "approval", "incident"];
      const found = await Promise.all(
        tables.map((table) =>
          database.query(
            `select row_to_json(t)::text as row from fleet.${table} t order by 1`,
          )
        ),
      );
      return found.flat().map((row) => row.row);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
