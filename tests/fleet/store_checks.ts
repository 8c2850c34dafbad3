/**
 * The store over PostgreSQL does what every store of runs does.
 *
 * @module
 */
import { storeContract } from "../store_contract.ts";
import { cluster } from "./cluster.ts";
import { fleetDatabase } from "./fleet_database.ts";

const server = await cluster();
addEventListener("unload", () => server.kill());

async function empty() {
  const given = await fleetDatabase(server);
  return {
    store: given.store(),
    name: (word: string) => word,
    all: "",
    [Symbol.asyncDispose]: given[Symbol.asyncDispose],
  };
}

storeContract({ name: "postgresStore", empty, ignore: false });
