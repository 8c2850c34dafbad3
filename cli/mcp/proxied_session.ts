import type { Incident } from "../../evidence/recording/incident.ts";
import type { Durability } from "../../evidence/recording/record_run.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import { virtualTools } from "../../tools/mcp/methods.ts";
import type { Output } from "../command/command.ts";
import { machinePulse } from "../machine/pulse.ts";
import { runStore } from "../machine/run_store.ts";
import { progress } from "../progress/progress.ts";
import type { ProgressForm } from "../progress/progress_form.ts";
import type { ApprovalWay } from "./approval_way.ts";
import { mcpProxy, type ProxyEnd, type Side } from "./proxy.ts";
import { type RecordedCalls, recordedCalls } from "./recorded_calls.ts";
import { serverTools, type ToolIncident } from "./server_tools.ts";
import { sessionApprover } from "./session_approver.ts";
import type { SessionPlace } from "./session_place.ts";
import { toolIncidentText } from "./tool_incident_text.ts";

/** How the calls of sessions are judged, recorded and told. */
export interface SessionOptions {
  readonly policy: Policy;
  readonly name: string;
  readonly approve: ApprovalWay;
  readonly showDenied: boolean;
  readonly durability: Durability;
  /** How calls are told on standard error. */
  readonly form: ProgressForm;
}

/** One session between a client and a server. */
export interface SessionSides {
  readonly client: Side;
  readonly server: Side;
  readonly place: SessionPlace;
  readonly hidden: HiddenValues;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/**
 * Stands between a client and a server until one of them ends. The record is whole
 * then.
 *
 * @throws what writing the record throws
 */
export async function proxiedSession(
  { policy, name, ...given }: SessionOptions,
  { client, server, place, hidden, signal: ends }: SessionSides,
  output: Output,
): Promise<ProxyEnd> {
  const { runId, path, sandbox } = place;
  const record = runStore.run(path);
  const say = (text: string) => output.note(terminalLine(text));
  using told = progress({ output, pulse: machinePulse, form: given.form });
  const stop = new AbortController();
  const signal = AbortSignal.any([ends, stop.signal]);
  const early: Incident[] = [];
  let calls: RecordedCalls | undefined;
  let failure: { readonly error: unknown } | undefined;

  async function keep(incident: Incident): Promise<void> {
    if (calls === undefined) early.push(incident);
    else {
      try {
        await record.addIncident(incident);
      } catch (error) {
        output.error(
          `${record.place("incidents.jsonl")}: ${whyUnwritable(error)}`,
        );
      }
    }
  }

  const schema = jsonSchemaValidator();
  // The first one takes longest, and the server may still be starting.
  void schema({})["~standard"].validate({});
  const tools = serverTools({
    policy,
    server: name,
    schema,
    showDenied: given.showDenied,
  });
  const end = await mcpProxy({
    client,
    server,
    ...{ name, policy, tools, sandbox, hidden, signal },
    prefix: `proxy-${crypto.getRandomValues(new Uint8Array(4)).toHex()}-`,
    token: () => crypto.randomUUID(),
    deadline(ms, expired) {
      const timer = setTimeout(expired, ms);
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    note: say,
    incident(incident: ToolIncident) {
      say(toolIncidentText(incident));
      void keep(incident);
    },
    async open(asked) {
      calls = recordedCalls({
        runId,
        record,
        policy,
        tools: [...(tools.first ?? new Map()).values(), ...virtualTools()],
        sandbox,
        question: `Calls of the server ${name}`,
        client: asked.name,
        approver: sessionApprover(given.approve, {
          ...{ policy, record, output, client: asked },
        }),
        durability: given.durability,
        watch: (event) => told.watch(event),
        broken(error) {
          failure = { error };
          stop.abort();
        },
      });
      for (const incident of early.splice(0)) await keep(incident);
      say(`recording to ${record.name}`);
      return calls;
    },
  });
  if (end.type === "server") {
    await keep({ type: "server_fault", reason: end.reason });
  }
  try {
    await calls?.end();
  } catch (error) {
    failure ??= { error };
  }
  if (failure !== undefined) throw failure.error;
  return end;
}
