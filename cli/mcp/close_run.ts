import config from "../../deno.json" with { type: "json" };
import { recordRun } from "../../evidence/recording/record_run.ts";
import type { RecordedTool } from "../../runtime/record/event.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import { recordedSession } from "../../runtime/rerun/recorded_session.ts";
import { rerun } from "../../runtime/rerun/rerun.ts";
import { specOnRecord } from "../../runtime/rerun/spec_on_record.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { stopwatch } from "../machine/provenance.ts";
import { runStore } from "../machine/run_store.ts";
import { realEnv } from "../machine/world.ts";

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
  const { started, events } = ledger;
  await record.checkFiles();
  if (started.llm.execution_path !== "client") {
    throw new UsageError(
      `Cannot close "${record.name}": it is not a client's session; see resume`,
    );
  }
  const { signal } = new AbortController();
  const again = rerun(events, {
    signal,
    env: (start) =>
      realEnv(start, {
        signal,
        resolve: () => Promise.resolve([]),
        approver: undefined,
      }),
    // Nothing is sent again: no tool on record can be run.
    sentAgain() {},
  });
  const toolOf = (tool: RecordedTool) =>
    again.tool(toolOnRecord(tool, () => ({ issues: [] })));
  await using sink = await record.goOn(ledger);
  const finished = await recordRun(
    again.follow(
      recordedSession(
        again.spec(specOnRecord(started, toolOf)),
        again.env,
        toolOf,
      ),
    ),
    sink,
    { programVersion: config.version, volatile: stopwatch() },
  );
  const open = events.filter(({ type }) => type === "tool_started").length -
    events.filter(({ type }) => type === "tool_finished").length;
  output.data(
    `${record.name}: closed after ${finished.seq + 1} events; ${open} ${
      open === 1 ? "call has" : "calls have"
    } an unknown outcome`,
  );
  return EXIT.ok;
}
