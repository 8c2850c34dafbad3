import type { PassedOver, RunRecord } from "../../evidence/run_store.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { Output } from "../command/command.ts";
import { runStore } from "../machine/run_store.ts";

/**
 * The runs that the command line names: a folder means all runs below it.
 * Skipped entries are reported on standard error.
 *
 * @throws {InputError} when a folder has no run
 */
export async function namedRuns(
  folders: readonly string[],
  output: Output,
): Promise<readonly RunRecord[]> {
  const names: string[] = [];
  for (const folder of folders) {
    names.push(...await runStore.runsBelow(folder, notePassedOver(output)));
  }
  return names.map((name) => runStore.run(name));
}

/** Reports each skipped entry on standard error, a line each. */
export function notePassedOver({ note }: Output): PassedOver {
  return (path, why) => note(`${terminalLine(path)}: passed over: ${why}`);
}
