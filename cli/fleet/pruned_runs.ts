import { join } from "../../deps.ts";
import type { Database } from "../../evidence/store/postgres/database.ts";
import {
  deleteRun,
  finishedBefore,
} from "../../evidence/store/postgres/deleted_run.ts";
import { exportRun } from "../../evidence/store/postgres/exported_run.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { EXIT, type Output } from "../command/command.ts";
import { eachRun } from "../command/each_run.ts";
import { runStore } from "../machine/run_store.ts";
import { readStore } from "./read_store.ts";

/**
 * Writes the runs that finished before a moment into folders, verifies what is
 * there, and only then deletes them from the database. A run that cannot be
 * written or does not verify stays.
 */
export async function pruneRuns(
  database: Database,
  output: Output,
  { before, out }: {
    /** RFC 3339, in UTC. */
    readonly before: string;
    readonly out: string;
  },
): Promise<number> {
  const store = readStore(database);
  return await eachRun(finishedBefore(database, before), {
    output,
    async look(name) {
      const directory = join(out, name);
      const written = runStore.run(directory);
      // One that an interrupted command has left is verified like a new one.
      if (!await written.has("manifest.json")) {
        exportRun(await store.run(name).source(), directory);
      }
      const { findings, head } = verifyRun(await written.source());
      const [finding] = findings;
      if (finding !== undefined || head === null) {
        throw unusable(
          directory,
          `it does not verify, so the run stays in the database: ${
            finding?.message ?? "it has no line"
          }`,
        );
      }
      if (!await deleteRun(database, name, head)) {
        throw unusable(name, "the run in the database is another one by now");
      }
      output.data(terminalLine(directory));
      return EXIT.ok;
    },
  });
}
