import type { Policy } from "../../policy/document/load.ts";
import type { RecordedTool } from "../../runtime/record/event.ts";
import { toolOnRecord } from "../../runtime/record/recorded_tool.ts";
import type { ToolsChange } from "../../runtime/session/tools_change.ts";
import { refusalOfServer, type ToolServer } from "../../tasks/tool_server.ts";
import { literalPattern } from "../../tools/data/literal_pattern.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import { withTexts } from "../../tools/data/with_texts.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import {
  type Connection,
  connection,
  RemoteError,
} from "../../tools/mcp/connection.ts";
import {
  type BrokenFrame,
  errorText,
  type Frame,
  readFrame,
  resultText,
} from "../../tools/mcp/frame.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import type { UnreadLine } from "../../tools/mcp/lines.ts";
import { recordedResult } from "../../tools/mcp/recorded_result.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { deadline } from "../machine/world.ts";
import { handshake } from "./handshake.ts";
import { sentArguments } from "./sent_arguments.ts";
import { serverLink } from "./server_link.ts";
import { serverTools, type ToolIncident } from "./server_tools.ts";
import { toolLists } from "./tool_lists.ts";

/** A server that runs, with its tools as tools of a run. */
export interface OpenServer extends AsyncDisposable {
  readonly name: string;
  /** The tools of its first list. */
  readonly tools: readonly Tool[];
  /** How its list differs from its tools among `tools`, which are those of a run; `undefined` when it does not. */
  changes(
    tools: ReadonlyMap<string, ToolDefinition>,
  ): Promise<ToolsChange | undefined>;
  /** Makes a tool of what is on record of one; it runs while the server has the same definition. */
  toolOf(recorded: RecordedTool): Tool;
}

/** What a server is opened with. */
export interface ServerOptions extends ToolServer {
  /** Its name in policy and record. */
  readonly name: string;
  readonly policy: Policy;
  /** The real path of the directory in which it works and paths are judged. */
  readonly sandbox: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What must not be seen of what it writes. */
  readonly hidden: HiddenValues;
  /** Called with each line of its standard error. */
  readonly said: (line: string) => void;
  /** Called with what else a person should know. */
  readonly note: (text: string) => void;
  /** Called with what is wrong with the definition of a tool. */
  readonly incident: (incident: ToolIncident) => void;
  /** Called when it ends before the run does. */
  readonly fault: (reason: string) => void;
}

/** How long a server may take to answer when the policy does not say, in milliseconds. */
const DEFAULT_CALL_TIMEOUT_MS = 60_000;

/** The limit is that of the server, which counts for listing, too. */
const NO_LIMIT_MS = 86_400_000;

/** The number of JSON-RPC 2.0 for a method that there is not. */
const METHOD_NOT_FOUND = -32601;

/**
 * Starts a server and asks it for its tools. It is offered nothing of what a client
 * can have: what it asks for itself is refused, but for `ping`.
 *
 * @throws {UsageError} when it cannot be started
 * @throws {InputError} when it ends at once, or has no list of tools
 */
export async function openServer(
  { name, policy, sandbox, hidden, note, ...options }: ServerOptions,
): Promise<OpenServer> {
  const { command, args, url, env, said } = options;
  const who = `the server ${name}`;
  const ms = policy.document.mcp?.call_timeout_ms ?? DEFAULT_CALL_TIMEOUT_MS;
  const schema = jsonSchemaValidator();
  const listed = serverTools({
    policy,
    server: name,
    schema,
    showDenied: false,
  });
  const closing = new AbortController();
  const fault = refusalOfServer({ command, args, url });
  if (fault !== undefined) throw unusable(who, fault);
  const link = serverLink({
    ...{ command, args, url, cwd: sandbox, env, said },
    refused: (id, why) => server.spoil(id, why),
  });
  const server = connection({
    ...{ send: link.send, prefix: "run-", deadline, who },
  });
  let refusal: RemoteError | undefined;
  /** Asks, and remembers an error that the server answered. */
  const asking: Pick<Connection, "ask"> = {
    async ask(method, params, options) {
      try {
        return await server.ask(method, params, options);
      } catch (error) {
        if (error instanceof RemoteError) refusal = error;
        throw error;
      }
    },
  };
  /** What goes with the parameters of each request. */
  let envelope: JsonObject = {};
  const lists = toolLists({
    ...{ server: asking, tools: listed, ms, signal: closing.signal },
    changed() {
      for (const each of listed.incidents()) options.incident(each);
      return Promise.resolve();
    },
  });

  const relative = relativeTo(sandbox);
  const shown = (value: Json) => withTexts(hidden.json(value), relative);

  async function take(line: string | UnreadLine): Promise<void> {
    const frame = frameOf(line, shown);
    switch (frame.kind) {
      case "response":
        server.take(frame);
        return;
      case "broken":
        note(`${name}: left out what the server wrote: ${frame.reason}`);
        if (frame.isAnswer && frame.id !== null) {
          server.spoil(frame.id, frame.reason);
        }
        return;
      case "notification":
        if (frame.method === "notifications/tools/list_changed") lists.stale();
        return;
      case "request":
        return await link.send(
          frame.method === "ping"
            ? resultText(frame.id, "{}")
            : errorText(frame.id, {
              code: METHOD_NOT_FOUND,
              message:
                `Cannot ask for ${frame.method}: nobody here can give it`,
            }),
        );
    }
  }

  async function listen(): Promise<void> {
    let why = "it closed its output";
    try {
      for await (const line of link.lines) {
        // What it asks for cannot be answered once it has ended.
        await take(line).catch(() => {});
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    server.end(why);
    if (!closing.signal.aborted && isOpen) options.fault(`${who}: ${why}`);
  }

  let isOpen = false;
  const listening = listen();

  async function close(): Promise<void> {
    closing.abort(new DOMException("The run is over", "AbortError"));
    server.end("the run is over");
    await link.end();
    await listening;
  }

  function servedTool(definition: ToolDefinition): Tool {
    const bare = definition.name.slice(name.length + 1);
    return {
      ...definition,
      timeoutMs: NO_LIMIT_MS,
      async run(given, context) {
        try {
          await lists.known(envelope);
          const { definitionSha256 } = listed.now.get(definition.name) ?? {};
          if (definitionSha256 !== definition.definitionSha256) {
            throw new ToolError(
              definitionSha256 === undefined
                ? `${who} has this tool no longer`
                : "the definition of this tool has changed since the model was told of it",
              { type: "tool_changed" },
            );
          }
          const result = await server.ask("tools/call", {
            name: bare,
            arguments: sentArguments(Object(given), {
              ...{ policy, sandbox, tool: definition, context },
            }),
            ...envelope,
          }, { signal: context.signal, ms });
          if (result.resultType === "input_required") {
            throw new ToolError(
              `${who} asks for more, which nobody here can give`,
              { type: "input_required" },
            );
          }
          return recordedResult(result).recorded;
        } catch (error) {
          if (error instanceof ToolError || context.signal.aborted) throw error;
          // Writing to a process that has ended fails as the system says it.
          throw new ToolError(`${who} cannot be asked`, {
            type: "server_ended",
          });
        }
      },
    };
  }

  try {
    const { signal } = closing;
    envelope = await handshake({
      ask: (method, params) => server.ask(method, params, { signal, ms }),
      send: link.send,
    });
    await lists.known(envelope);
    if (listed.now.size === 0) {
      throw new ToolError(
        `it has no tools${refusal === undefined ? "" : `: ${refusal.message}`}`,
        { type: "no_tools" },
      );
    }
    isOpen = true;
  } catch (error) {
    const ended = await Promise.race([
      link.ended,
      listening.then(() => link.ended),
      new Promise<undefined>((resolve) =>
        deadline(200, () => resolve(undefined))
      ),
    ]);
    await close();
    if (!(error instanceof ToolError)) throw error;
    const why = error.message.replace(who, "it");
    throw unusable(
      who,
      ended === undefined ? why : `${why} (${ended})`,
      { cause: error },
    );
  }

  return {
    name,
    tools: [...listed.now.values()].map(servedTool),
    async changes(tools) {
      try {
        await lists.known(envelope);
      } catch (error) {
        // Calls say so, too; what it listed before counts until then.
        note(
          `${name}: ${error instanceof Error ? error.message : String(error)}`,
        );
        return undefined;
      }
      const prefix = `${name}.`;
      const before = [...tools.keys()].filter((each) =>
        each.startsWith(prefix)
      );
      const removed = before.filter((each) => !listed.now.has(each));
      const changed = [...listed.now.values()].filter((tool) =>
        tools.get(tool.name)?.definitionSha256 !== tool.definitionSha256
      );
      return changed.length + removed.length === 0
        ? undefined
        : { tools: changed.map(servedTool), removed };
    },
    toolOf(recorded) {
      const now = listed.now.get(recorded.name);
      if (now?.definitionSha256 === recorded.definition_sha256 && now) {
        return servedTool(now);
      }
      const { "~standard": { validate } } = schema(recorded.input_schema);
      return servedTool(toolOnRecord(recorded, validate));
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Reads a line as others may see it. */
function frameOf(
  line: string | UnreadLine,
  shown: (value: Json) => Json,
): Frame | BrokenFrame {
  if (typeof line !== "string") {
    const { fault: reason } = line;
    return { kind: "broken", id: null, isAnswer: false, code: -32700, reason };
  }
  return readFrame(line, shown);
}

/** Writes the paths of a directory as relative ones, so that nothing of the machine is on record. */
function relativeTo(directory: string): (text: string) => string {
  const path = new RegExp(`${literalPattern(directory)}(?![\\w.-])`, "g");
  return (text) => text.includes(directory) ? text.replace(path, ".") : text;
}
