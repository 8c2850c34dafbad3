import type { Incident } from "../../evidence/recording/incident.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import { virtualTools } from "../../tools/mcp/methods.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { Output } from "../command/command.ts";
import { machinePulse } from "../machine/pulse.ts";
import { runStore } from "../machine/run_store.ts";
import { progress } from "../progress/progress.ts";
import { type RecordedCalls, recordedCalls } from "./recorded_calls.ts";
import { sessionApprover, type WaitingClient } from "./session_approver.ts";
import type { SessionOptions } from "./session_options.ts";
import type { SessionPlace } from "./session_place.ts";

/** The record of a session, with the calls that are on it. */
export interface SessionRecord extends Disposable {
  /** As a person names it. */
  readonly name: string;
  readonly calls: RecordedCalls;
  /** Puts an incident beside it, or says why it cannot. */
  addIncident(incident: Incident): Promise<void>;
}

/** What a record is opened with. */
export interface SessionRecordOptions extends SessionOptions {
  readonly place: SessionPlace;
  /** Who calls. */
  readonly client: WaitingClient;
  /** The tools of the server's first list. */
  readonly tools: Iterable<ToolDefinition>;
  readonly output: Output;
  /** Called when it cannot be written any further: no call may run any more. */
  readonly broken: (error: unknown) => void;
}

/** Opens the record of a session; disposing of it ends what is told of its calls. */
export function sessionRecord(
  { policy, name, place, client, tools, output, broken, ...given }:
    SessionRecordOptions,
): SessionRecord {
  const { runId, path, sandbox } = place;
  const record = runStore.run(path);
  const told = progress({ output, pulse: machinePulse, form: given.form });
  const calls = recordedCalls({
    ...{ runId, record, policy, sandbox, broken },
    tools: [...tools, ...virtualTools()],
    question: `Calls of the server ${name}`,
    client: client.name,
    approver: sessionApprover(given.approve, {
      ...{ policy, record, output, client },
    }),
    durability: given.durability,
    watch: (event) => told.watch(event),
  });
  return {
    name: record.name,
    calls,
    async addIncident(incident) {
      try {
        await record.addIncident(incident);
      } catch (error) {
        output.error(
          `${record.place("incidents.jsonl")}: ${whyUnwritable(error)}`,
        );
      }
    },
    [Symbol.dispose]: () => told[Symbol.dispose](),
  };
}
