import type { Incident } from "../../evidence/recording/incident.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { RecordedTool } from "../../runtime/record/event.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import { promised } from "../../tools/data/promised.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { hiddenValues } from "../../tools/mcp/hidden_values.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { ServedTools } from "../machine/tool_host.ts";
import { type OpenServer, openServer } from "./open_server.ts";
import { serverEnvironment } from "./server_environment.ts";
import { serverOf } from "../../runtime/record/server_of.ts";
import { toolIncidentText } from "./tool_incident_text.ts";

/** What the servers of a run are opened with. */
export interface ServersOptions {
  readonly servers: ToolServers;
  readonly policy: Policy;
  /** The record of the run; the servers work in its sandbox. */
  readonly record: Pick<RunRecord, "addIncident" | "place">;
  /** The directory in which they work and paths are judged. */
  readonly sandbox: string;
  /** The tools of a run that goes on, as it listed them. Default: the run begins. */
  readonly recorded?: readonly RecordedTool[] | undefined;
  /** Says something to the person who runs it. */
  readonly note: (text: string) => void;
}

/** The servers of a run, with their tools; disposing of it ends them. */
export interface OpenServers extends ServedTools, AsyncDisposable {}

/**
 * Starts the servers of a run, each with the environment that the policy gives it
 * and nothing else, and asks them for their tools.
 *
 * @throws {UsageError} when one of them cannot be used; the others are ended
 */
export async function openServers(
  { servers, policy, record, sandbox: given, recorded, note }: ServersOptions,
): Promise<OpenServers> {
  const names = Object.keys(servers);
  const environments = new Map(names.map((name) => [
    name,
    serverEnvironment(policy.document, {
      name,
      get: (variable) => Deno.env.get(variable),
    }),
  ]));
  // What one of them must not show, another one must not show either.
  const hidden = hiddenValues(
    [...environments.values()].flatMap(({ hidden }) => hidden),
  );
  const say = (text: string) => note(terminalLine(text));
  const early: Incident[] = [];
  let hasBegun = false;

  function keep(incident: Incident): void {
    if (!hasBegun) early.push(incident);
    else {
      promised(() => record.addIncident(incident)).catch((error) =>
        say(`${record.place("incidents.jsonl")}: ${whyUnwritable(error)}`)
      );
    }
  }

  const sandbox = Deno.realPathSync(given);
  const starting = await Promise.allSettled(names.map((name) => {
    const { env = {} } = environments.get(name) ?? {};
    const server = servers[name] ?? { command: "" };
    return openServer({
      ...server,
      ...{ name, policy, sandbox, env, hidden },
      said: (line) => say(`${name}: ${hidden.text(line)}`),
      note: say,
      incident(incident) {
        say(toolIncidentText(incident));
        keep(incident);
      },
      fault(reason) {
        say(reason);
        keep({ type: "server_fault", reason });
      },
    });
  }));
  const open = starting.flatMap((each) =>
    each.status === "fulfilled" ? [each.value] : []
  );
  const end = async () => {
    await Promise.all(open.map((server) => server[Symbol.asyncDispose]()));
  };
  const failed = starting.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    await end();
    throw failed.reason;
  }
  const byName = new Map(open.map((server) => [server.name, server]));
  const toolOf = (tool: RecordedTool) =>
    byName.get(serverOf(tool) ?? "")?.toolOf(tool);

  return {
    tools: recorded === undefined
      ? open.flatMap(({ tools }) => tools)
      : recorded.flatMap((tool) => toolOf(tool) ?? []),
    toolOf,
    changes: (tools) => changesOf(open, tools),
    hidden,
    begun() {
      hasBegun = true;
      for (const incident of early.splice(0)) keep(incident);
    },
    [Symbol.asyncDispose]: end,
  };
}

async function changesOf(
  servers: readonly OpenServer[],
  tools: ReadonlyMap<string, ToolDefinition>,
) {
  const changes = (await Promise.all(
    servers.map((server) => server.changes(tools)),
  )).filter((change) => change !== undefined);
  return changes.length === 0 ? undefined : {
    tools: changes.flatMap(({ tools }) => tools),
    removed: changes.flatMap(({ removed }) => removed),
  };
}
