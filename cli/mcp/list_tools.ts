import { mcpPolicy } from "../../policy/profiles/mcp_policy.ts";
import { type Profile, profileFor } from "../../policy/profiles/profile.ts";
import {
  partOfProfile,
  type ServerPart,
} from "../../policy/profiles/server_part.ts";
import { isNamed } from "../../policy/tool_pattern.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import { oneLine, terminalLine } from "../../tools/data/untrusted_text.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import { connection, RemoteError } from "../../tools/mcp/connection.ts";
import { readFrame } from "../../tools/mcp/frame.ts";
import {
  type ListedTool,
  listedTool,
  servedName,
} from "../../tools/mcp/served_tool.ts";
import { type Suspicion, suspicionsOf } from "../../tools/mcp/suspicions.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { serverCommandIn, serverName } from "./command_words.ts";
import { serverProcess } from "./server_process.ts";

/** How long a server may take to start and answer, in milliseconds. */
const START_MS = 60_000;
const MAX_LINE_BYTES = 64 * 2 ** 20;
const MAX_PAGES = 100;

/** One tool of a list, with what is to be said of it. */
interface Described {
  readonly listed: ListedTool;
  readonly suspicions: readonly Suspicion[];
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
  const profile = given.option("profile", (each) => chosenProfile(each, name));
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
        : [grave(`it cannot be used: ${listed.fault}`)],
      ...names.filter((each) => each === listed.name).length > 1
        ? [grave("another tool has the same name, so neither can be called")]
        : [],
      ...suspicionsOf(entries[index] ?? null, names),
    ],
  }));
  for (const { listed, suspicions } of described) {
    for (const { what } of suspicions) {
      output.note(terminalLine(`${listed.name ?? "a tool"}: ${what}`));
    }
  }
  if (given.flag("json")) {
    output.json(described.map((each) => asJson(each, profile)));
    return EXIT.ok;
  }
  output.data(
    mcpPolicy([
      partOfList(described, {
        server: name,
        profile,
        command: [command, ...rest].join(" "),
        env: env.filter((each) => each !== "PATH"),
      }),
    ]).trimEnd(),
  );
  return EXIT.ok;
}

function grave(what: string): Suspicion {
  return { what, isCommon: false };
}

/** What a policy says of a server whose tools are listed; a tool with something odd about it is left out. */
function partOfList(
  described: readonly Described[],
  { server, profile, command, env }: {
    readonly server: string;
    readonly profile: Profile | undefined;
    readonly command: string;
    readonly env: readonly string[];
  },
): ServerPart {
  const known = profile === undefined ? undefined : partOfProfile(profile);
  const pins = new Map<string, string>();
  const leftOut = new Map<string, string>();
  const allowed: string[] = [];
  for (const { listed: { name, tool }, suspicions } of described) {
    const { name: full = servedName(server, name ?? ""), definitionSha256 } =
      tool ?? {};
    const isPlain = /^[A-Za-z0-9_.-]+$/.test(full);
    if (isPlain && definitionSha256 !== undefined) {
      pins.set(full, definitionSha256);
    }
    const why = suspicions.find(({ isCommon }) => !isCommon)?.what ??
      known?.leftOut.get(full) ??
      (known === undefined || !known.allowed.includes(full)
        ? "nothing says what it touches; describe it under tools"
        : undefined);
    if (why === undefined) allowed.push(full);
    else leftOut.set(oneLine(full, 80), oneLine(why, 160));
  }
  return {
    server,
    about: [
      `${server}: ${described.length} tools of the server that is started as`,
      `  ${oneLine(command, 200)}`,
    ],
    allowed,
    leftOut,
    pins,
    sections: known?.sections ?? new Map(),
    labels: known?.labels ?? new Set(),
    env: [...new Set([...env, ...known?.env ?? []])],
  };
}

function asJson(
  { listed: { name, tool }, suspicions }: Described,
  profile: Profile | undefined,
) {
  const known = profile?.document.tools.filter(({ match }) =>
    tool !== undefined && isNamed(tool.name, match)
  );
  return {
    name: name ?? null,
    tool: tool?.name ?? null,
    definition_sha256: tool?.definitionSha256 ?? null,
    description: tool?.description ?? null,
    suspicions: suspicions.map(({ what }) => what),
    ...known === undefined ? {} : { profile: known },
  };
}

function chosenProfile(name: string, server: string): Profile {
  try {
    return profileFor(name, server);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`Cannot use --profile: ${error.message}`);
  }
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
