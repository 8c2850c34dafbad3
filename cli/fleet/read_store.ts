import type { Database } from "../../evidence/store/postgres/database.ts";
import {
  postgresStore,
  type RowStore,
} from "../../evidence/store/postgres/postgres_store.ts";

/** A store whose runs are read and answered, but not executed. */
export function readStore(database: Database): RowStore {
  return postgresStore({
    database,
    // Nothing is laid out without a claim.
    scratch: "",
    claimant: {
      owner: "reader",
      leaseMs: 0,
      clocks: { wall: () => 0, monotonic: () => 0 },
    },
  });
}
