import { closedSession } from "../cli/execution/closed_session.ts";
import { runStore } from "../cli/machine/run_store.ts";
import type { RunFinished } from "../runtime/record/event.ts";

/** `closeSession`, with what it needs loaded. */
export async function closing(out: string): Promise<RunFinished> {
  const record = runStore.run(out);
  const ledger = await record.ledger();
  if (ledger.started.llm.execution_path !== "client") {
    throw new RangeError(
      `Cannot close "${out}": it is a run of our own loop, which \`resume\` continues`,
    );
  }
  const last = ledger.events.at(-1);
  const isEnded = await record.has("manifest.json");
  if (isEnded && last?.type === "run_finished") return last;
  await record.checkFiles();
  return await closedSession(record, ledger);
}
