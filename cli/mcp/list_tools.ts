import {
  type Examination,
  examineServer,
} from "../../policy/profiles/examined_server.ts";
import { type Profile, profileFor } from "../../policy/profiles/profile.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import { jsonText, terminalLine } from "../../tools/data/untrusted_text.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import { connection } from "../../tools/mcp/connection.ts";
import { readFrame } from "../../tools/mcp/frame.ts";
import { listedTool } from "../../tools/mcp/served_tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { serverCommandIn, serverName } from "./command_words.ts";
import { handshake } from "./handshake.ts";
import { serverProcess } from "./server_process.ts";

/** How long a server may take to start and answer, in milliseconds. */
const START_MS = 60_000;
const MAX_LINE_BYTES = 64 * 2 ** 20;
const MAX_PAGES = 100;

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
  const server = serverName(given.option("name") ?? "server");
  const env = (given.option("env") ?? "PATH").split(",");
  const profile = given.option("profile", (each) => named(each, server));
  const definitions = await entriesOf({
    command,
    args: rest,
    cwd: given.option("sandbox") ?? Deno.cwd(),
    env: Object.fromEntries(env.map((each) => [each, valueOf(each)])),
    said: (line) => output.note(terminalLine(`${server}: ${line}`)),
  });
  const schema = jsonSchemaValidator();
  const { policy, ...found } = examineServer({
    server,
    definitions,
    command: [command, ...rest],
    profile,
    env: env.filter((each) => each !== "PATH"),
    faultOf(definition) {
      const { name, fault } = listedTool(definition, { server, schema });
      return fault && `${jsonText(name)}: ${fault}`;
    },
  });
  for (const line of notes(found)) output.note(terminalLine(line));
  if (given.flag("json")) output.json(found);
  else output.data(policy.trimEnd());
  return EXIT.ok;
}

/** What a person should look at, a line each. */
function* notes(
  { profile, tools, refused }: Omit<Examination, "policy">,
): Generator<string> {
  if (profile?.started !== undefined && profile.started !== profile.version) {
    yield `the profile ${profile.name} is about version ${profile.version}, and ${profile.started} was started`;
  }
  for (const { index, reason } of refused) {
    yield `entry ${index + 1} cannot be used: ${reason}`;
  }
  for (const { name, suspicions } of tools) {
    for (const { kind, where, excerpt } of suspicions) {
      yield `${name}: ${kind.replaceAll("_", " ")} in ${where}: ${excerpt}`;
    }
  }
}

function named(name: string, server: string): Profile {
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
    const envelope = await handshake({ ask, send: server.send });
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
