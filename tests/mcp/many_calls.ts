/**
 * Makes many calls of 10 KB through a proxy, and prints how many bytes are live
 * after each number of them that its arguments say. The proxy is the whole of it,
 * with its record in the folder of the first argument; client and server are lines
 * in memory. Wants `--v8-flags=--expose-gc`.
 *
 * @module
 */
import { lineQueue } from "../../cli/mcp/line_queue.ts";
import { proxiedSession } from "../../cli/mcp/proxied_session.ts";
import type { Output } from "../../cli/command/command.ts";
import { join } from "../../deps.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { hiddenValues } from "../../tools/mcp/hidden_values.ts";
import { LEAST, type Message } from "./proxied.ts";

const [folder = "", ...marks] = Deno.args;

const QUIET: Output = {
  data() {},
  json() {},
  jsonLines() {},
  verbatim() {},
  note() {},
  error: (text) => console.error(text),
};

const TOOL = {
  name: "echo",
  inputSchema: { type: "object", properties: { message: { type: "string" } } },
};

const policy = loadPolicy(
  JSON.stringify({
    ...LEAST,
    tool_registry: { allowed: ["server.echo"], denied: [] },
    tools: [{ match: ["server.echo"], effects: "none" }],
  }),
  "policy.yaml",
);
const [asked, served] = [lineQueue(), lineQueue()];
let answered = (_: Message) => {};

function answerOf({ method, params }: Message): JsonObject {
  return method === "tools/list"
    ? { tools: [TOOL] }
    : { content: [{ type: "text", text: JSON.stringify(params.arguments) }] };
}

const sandbox = join(folder, "sandbox");
Deno.mkdirSync(sandbox);
const session = proxiedSession({
  policy,
  name: "server",
  approve: "never",
  showDenied: false,
  durability: "none",
  form: "steps",
}, {
  client: {
    lines: asked.lines,
    send: (line) => Promise.resolve(answered(JSON.parse(line))),
  },
  server: {
    lines: served.lines,
    send(line) {
      const message: Message = JSON.parse(line);
      const result = answerOf(message);
      served.push(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
      return Promise.resolve();
    },
  },
  place: {
    runId: "many",
    path: join(folder, "run"),
    sandbox,
    [Symbol.dispose]() {},
  },
  hidden: hiddenValues([]),
  signal: new AbortController().signal,
}, QUIET);

async function call(id: number): Promise<void> {
  const answer = Promise.withResolvers<Message>();
  answered = answer.resolve;
  const message = `${id} ${"x".repeat(10_000)}`;
  asked.push(JSON.stringify({
    ...{ jsonrpc: "2.0", id, method: "tools/call" },
    params: { name: "echo", arguments: { message } },
  }));
  const { result } = await answer.promise;
  if (result.isError === true) throw new Error(JSON.stringify(result));
}

/** Bytes that are still reachable, of values and of buffers. */
function live(): number {
  Reflect.get(globalThis, "gc")();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

let made = 0;
for (const mark of marks.map(Number)) {
  while (made < mark) await call(made += 1);
  // What the last call has left to do is done in the next turn.
  await new Promise((resolve) => setTimeout(resolve));
  console.log(live());
}
asked.end();
await session;
