import { dirname } from "../../deps.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { denoFlags, type ProgramPaths } from "../../policy/deno/deno_flags.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { chooseModel } from "../../runtime/llm/provider/provider.ts";
import { FIXTURE_ORIGIN } from "../../tasks/corpus.ts";
import { loadTask } from "../../tasks/task.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { serversIn } from "../input/server_option.ts";
import {
  type CommandLineParts,
  modulesIn,
  named,
} from "./command_line_parts.ts";
import { escaped, type Launch, OWN, valued } from "./granted.ts";
import { hostIn, serverAccess } from "./server_access.ts";

/** A run, new or resumed, under its policy. */
export function ownRun(
  document: PolicyDocument,
  parts: CommandLineParts,
  { read, write, servers: inTask }: ProgramPaths & {
    /** The servers that the task names. */
    readonly servers: ToolServers | undefined;
  },
): Launch {
  const modules = modulesIn(parts);
  const { hosts, env } = reached(parts);
  const access = serverAccess(
    { ...inTask, ...serversIn(parts.every("mcp")) },
    document,
  );
  hosts.push(...access.net);
  const record = named(parts, ["record"]);
  const flags = denoFlags(document, {
    read: [
      ...new Set([
        ...[...OWN, ".", ...read, ...named(parts, ["corpus"]), ...record],
        ...modules.map((module) => dirname(module)),
      ]),
    ].map(escaped),
    write: [...write, ...record].map(escaped),
    served: [new URL(FIXTURE_ORIGIN).hostname],
    hosts,
  });
  return {
    flags: [
      ...flags,
      ...valued("--allow-run", access.run),
      ...valued("--allow-env", [...env, ...access.env]),
    ],
    modules,
  };
}

/** The servers that the task of a run names; of a session there are none. */
export async function serversOnRecord(
  record: RunRecord,
): Promise<ToolServers | undefined> {
  try {
    const { started } = await record.ledger();
    return loadTask(started.task.text, "the task on record").document
      .mcp_servers;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What a run asks beside the hosts of its policy: a model, a collector. */
function reached({ options }: CommandLineParts) {
  const [hosts, env]: [string[], string[]] = [[], []];
  const llm = options.get("llm");
  if (llm !== undefined && !llm.startsWith("replay:")) {
    const { host, keys } = chooseModel(llm, {
      baseUrl: options.get("base-url"),
      keyName: options.get("api-key-env"),
    });
    hosts.push(host);
    env.push(...keys);
  }
  const otlp = hostIn(options.get("otlp") ?? "");
  if (otlp.length > 0) {
    hosts.push(...otlp);
    env.push("OTEL_*", "TRACEPARENT");
  }
  return { hosts, env };
}
