import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { closedSession } from "../execution/closed_session.ts";
import { runStore } from "../machine/run_store.ts";

/** `mcp close`: ends the record of a session whose process is gone. */
export async function closeRun(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, { operands: ["RUN_DIR"] });
  const record = runStore.run(given.operand(0));
  if (await record.has("manifest.json")) {
    throw new UsageError(`Cannot close "${record.name}": the run is finished`);
  }
  const ledger = await record.ledger();
  if (ledger.started.llm.execution_path !== "client") {
    throw new UsageError(
      `Cannot close "${record.name}": it is not the session of a client; see resume`,
    );
  }
  await record.checkFiles();
  const { seq } = await closedSession(record, ledger);
  const countOf = (type: string) =>
    ledger.events.filter((event) => event.type === type).length;
  const open = countOf("tool_started") - countOf("tool_finished");
  output.data(
    `${record.name}: closed after ${seq + 1} events; ${open} ${
      open === 1 ? "call has" : "calls have"
    } an unknown outcome`,
  );
  return EXIT.ok;
}
