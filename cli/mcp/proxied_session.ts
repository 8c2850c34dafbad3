import type { Incident } from "../../evidence/recording/incident.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import type { Output } from "../command/command.ts";
import { mcpProxy, type ProxyEnd, type Side } from "./proxy.ts";
import { serverTools, type ToolIncident } from "./server_tools.ts";
import type { SessionOptions } from "./session_options.ts";
import type { SessionPlace } from "./session_place.ts";
import type { SessionRecord } from "./session_record.ts";
import { toolIncidentText } from "./tool_incident_text.ts";

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
  const say = (text: string) => output.note(terminalLine(text));
  const stop = new AbortController();
  const signal = AbortSignal.any([ends, stop.signal]);
  const early: Incident[] = [];
  let record: SessionRecord | undefined;
  let failure: { readonly error: unknown } | undefined;

  async function keep(incident: Incident): Promise<void> {
    if (record === undefined) early.push(incident);
    else await record.addIncident(incident);
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
    ...{ name, policy, tools, hidden, signal },
    sandbox: place.sandbox,
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
    listed: () => void recording().catch(() => {}),
    async open(asked) {
      const { sessionRecord } = await recording();
      record = sessionRecord({
        ...{ ...given, policy, name, place, output, client: asked },
        tools: tools.first?.values() ?? [],
        broken(error) {
          failure = { error };
          stop.abort();
        },
      });
      for (const incident of early.splice(0)) await keep(incident);
      say(`recording to ${record.name}`);
      return record.calls;
    },
  });
  if (end.type === "server") {
    await keep({ type: "server_fault", reason: end.reason });
  }
  try {
    await record?.calls.end();
  } catch (error) {
    failure ??= { error };
  } finally {
    record?.[Symbol.dispose]();
  }
  if (failure !== undefined) throw failure.error;
  return end;
}

/** What a record takes is not needed to connect, and loaded before the first call. */
function recording(): Promise<typeof import("./session_record.ts")> {
  return import("./session_record.ts");
}
