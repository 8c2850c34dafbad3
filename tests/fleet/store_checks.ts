/**
 * The store over PostgreSQL does what every store of runs does.
 *
 * @module
 */
import type { RunStore } from "../../evidence/run_store.ts";
import { storeContract } from "../store_contract.ts";
import { cluster } from "./cluster.ts";
import { fleetDatabase } from "./fleet_database.ts";

const server = await cluster();

const given = await fleetDatabase(server);
Deno.test.afterAll(async () => {
  await given[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** One database for the whole suite: making one takes longer than most tests. */
async function empty(store: RunStore) {
  await given.database.query(
    "truncate fleet.run, fleet.ledger_line, fleet.run_file, fleet.approval, fleet.incident",
  );
  return {
    store,
    name: (word: string) => word,
    all: "",
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

for (const isPipelined of [false, true]) {
  const store = given.store({ isPipelined });
  storeContract({
    name: isPipelined ? "postgresStore(isPipelined)" : "postgresStore",
    empty: () => empty(store),
    ignore: false,
  });
}
