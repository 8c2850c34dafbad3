import { type Profile, profileTraits } from "../../policy/profiles/profile.ts";
import { isNamed } from "../../policy/tool_pattern.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import { oneLine, terminalLine } from "../../tools/data/untrusted_text.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import { connection, RemoteError } from "../../tools/mcp/connection.ts";
import { readFrame } from "../../tools/mcp/frame.ts";
import { type ListedTool, listedTool } from "../../tools/mcp/served_tool.ts";
import { suspicionsOf } from "../../tools/mcp/suspicions.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { chosenProfile } from "../policy/chosen_profile.ts";
import { mcpPolicy } from "../policy/mcp_policy.ts";
import { serverCommandIn, serverName } from "./command_words.ts";
import { serverProcess } from "./server_process.ts";

/** How long a server may take to start and answer, in milliseconds. */
const START_MS = 60_000;
const MAX_LINE_BYTES = 64 * 2 ** 20;
const MAX_PAGES = 100;

/** One tool of a list, with what is to be said of it. */
interface Described {
  readonly listed: ListedTool;
  readonly suspicions: readonly string[];
}

/** `mcp list`: the tools of a server as a policy to begin with. */
export async function listTools(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const { own, command, rest } = serverCommandIn(args);
  const given = parseCommandLine(own, {
    options: ["name", "profile", "env", "sandbox"],
    flags: ["json"],
  });
  const name = serverName(given.option("name") ?? "server");
  const profile = given.option("profile", chosenProfile);
  const env = (given.option("env") ?? "PATH").split(",");
  const entries = await entriesOf({
    command,
    args: rest,
    cwd: given.option("sandbox") ?? Deno.cwd(),
    env: Object.fromEntries(env.map((each) => [each, valueOf(each)])),
    said: (line) => output.note(terminalLine(`${name}: ${line}`)),
  });
  const schema = jsonSchemaValidator();
  const read = entries.map((entry) =>
    listedTool(entry, { server: name, schema })
  );
  const names = read.flatMap(({ name }) => name ?? []);
  const described = read.map((listed, index): Described => ({
    listed,
    suspicions: [
      ...listed.fault === undefined
        ? []
        : [`it cannot be used: ${listed.fault}`],
      ...names.filter((each) => each === listed.name).length > 1
        ? ["another tool has the same name, so neither can be called"]
        : [],
      ...suspicionsOf(entries[index] ?? null, names),
    ],
  }));
  for (const { listed, suspicions } of described) {
    for (const each of suspicions) {
      output.note(terminalLine(`${listed.name ?? "a tool"}: ${each}`));
    }
  }
  if (given.flag("json")) {
    output.json(described.map((each) => asJson(each, profile)));
    return EXIT.ok;
  }
  const shownCommand = [command, ...rest].join(" ");
  output.data(
    mcpPolicy([{
      name,
      title: `The tools of: ${oneLine(shownCommand, 200)}`,
      tools: described.flatMap((each) => policyTool(each, { names, profile })),
      traits: profile === undefined ? [] : profileTraits(profile, name),
      env: env.map((each) => ({
        name: each,
        isSecret: profile?.secrets.includes(each) ??
          /TOKEN|KEY|SECRET|PASSWORD/i.test(each),
      })),
    }], { isAudit: false }).trimEnd(),
  );
  return EXIT.ok;
}

function asJson(
  { listed: { name, tool }, suspicions }: Described,
  profile: Profile | undefined,
) {
  const known = profile?.tools.filter(({ match }) =>
    name !== undefined && isNamed(name, match)
  );
  return {
    name: name ?? null,
    tool: tool?.name ?? null,
    definition_sha256: tool?.definitionSha256 ?? null,
    description: tool?.description ?? null,
    suspicions,
    ...known === undefined ? {} : { profile: known },
  };
}

function policyTool(
  { listed: { name, tool }, suspicions }: Described,
  { names, profile }: {
    readonly names: readonly string[];
    readonly profile: Profile | undefined;
  },
) {
  if (name === undefined || tool === undefined) return [];
  if (names.filter((each) => each === name).length > 1) return [];
  return [{
    name: tool.name,
    pin: tool.definitionSha256,
    isAllowed: suspicions.length === 0 &&
      profile?.reads.includes(name) === true,
    notes: [
      ...tool.description === "" ? [] : [oneLine(tool.description, 100)],
      ...suspicions.map((each) => `! ${oneLine(each, 160)}`),
    ],
  }];
}

function valueOf(name: string): string {
  const value = Deno.env.get(name);
  if (value !== undefined) return value;
  throw new UsageError(`Cannot use --env ${name}: the variable is not set`);
}

/** Starts a server, asks it for its whole list of tools, and ends it. */
async function entriesOf(
  start: Omit<Parameters<typeof serverProcess>[0], "maxBytes">,
): Promise<readonly Json[]> {
  const server = serverProcess({ ...start, maxBytes: MAX_LINE_BYTES });
  const asked = connection({
    send: server.send,
    prefix: "list-",
    who: "the server",
    deadline(ms, expired) {
      const timer = setTimeout(expired, ms);
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
  });
  const { signal } = new AbortController();
  const ask = (method: string, params: JsonObject) =>
    asked.ask(method, params, { signal, ms: START_MS });

  async function listen(): Promise<void> {
    for await (const line of server.lines) {
      const frame = typeof line === "string" ? readFrame(line) : undefined;
      if (frame?.kind === "response") asked.take(frame);
    }
  }

  const listening = listen().catch(() => {}).then(async () =>
    asked.end(await server.ended)
  );
  try {
    const envelope = await opened(ask, server.send);
    const entries: Json[] = [];
    let cursor: Json | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { tools = [], nextCursor } = await ask("tools/list", {
        ...envelope,
        ...typeof cursor === "string" ? { cursor } : {},
      });
      if (Array.isArray(tools)) entries.push(...tools);
      cursor = nextCursor;
      if (typeof cursor !== "string") return entries;
    }
    throw new ToolError(`its list has more than ${MAX_PAGES} pages`, {
      type: "malformed_answer",
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new UsageError(`Cannot list the tools: ${error.message}`);
  } finally {
    await server.end();
    await listening;
  }
}

const CLIENT = { name: "agent-runtime-observability", version: "1" } as const;

/** Opens a session in the era of the server; what goes with each request then. */
async function opened(
  ask: (method: string, params: JsonObject) => Promise<JsonObject>,
  send: (line: string) => Promise<void>,
): Promise<JsonObject> {
  try {
    await ask("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: CLIENT,
    });
    await send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    return {};
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return {
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    };
  }
}
