/**
 * Codex before the proxy, with a local stand-in for the API of its model. It needs the
 * packages of `tests/mcp/packages` and `large_clients`, so `deno task test:mcp:clients`
 * names this file.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { server, SERVERS } from "./packages.ts";
import { eventsIn, proxyCommand } from "./proxied.ts";

const CODEX = join(
  PROJECT,
  "tests/mcp/large_clients/node_modules/@openai/codex/bin/codex.js",
);

/**
 * What Codex starts, and kills as it ends (SIGKILL); the rest of the group gets SIGTERM.
 * So this is not the proxy, but a script that waits for it.
 */
const SCRIPT = '"$@"; exit $?';

/** What a run writes last. */
const LAST = "manifest.json";

/** What a model calls: an id, and the path to read. */
type Calls = readonly (readonly [id: string, path: string])[];

/** A model that makes its calls in one turn and ends with the next. */
function model(calls: Calls): AsyncDisposable & {
  readonly url: string;
  /** What it was told of its calls, by their ids. */
  readonly told: Map<string, string>;
} {
  const told = new Map<string, string>();
  const api = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { input }: { input: readonly JsonObject[] } = await request.json();
      for (const { type, call_id, output } of input) {
        if (type !== "function_call_output") continue;
        told.set(String(call_id), JSON.stringify(output));
      }
      return turn(told.size > 0 ? [] : calls);
    },
  );
  return {
    url: `http://127.0.0.1:${api.addr.port}/v1`,
    told,
    [Symbol.asyncDispose]: () => api.shutdown(),
  };
}

/** A turn of the Responses API: calls, or the last message when there are none. */
function turn(calls: Calls): Response {
  const items = calls.length === 0
    ? [{
      type: "message",
      id: "m",
      role: "assistant",
      content: [{ type: "output_text", text: "I have read them." }],
    }]
    : calls.map(([id, path]) => ({
      type: "function_call",
      id: `fc_${id}`,
      call_id: id,
      namespace: "mcp__fs",
      name: "read_text_file",
      arguments: JSON.stringify({ path }),
    }));
  const events = [
    { type: "response.created", response: { id: "r" } },
    ...items.map((item) => ({ type: "response.output_item.done", item })),
    {
      type: "response.completed",
      response: {
        id: "r",
        usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
      },
    },
  ];
  return new Response(
    events.map((each) =>
      `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`
    ).join(""),
    { headers: { "content-type": "text/event-stream" } },
  );
}

/** Resolves when a run is whole, since Codex does not wait for its servers to end. */
async function finished(run: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ([...Deno.readDirSync(run)].some(({ name }) => name === LAST)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${run} has no ${LAST}`);
}

Deno.test("Codex makes two calls in one turn: one is done, and its model reads why the other is denied", async () => {
  using folder = temporaryFolder();
  await using proxy = proxyCommand({
    policy: {
      tool_registry: { allowed: ["fs.read_text_file"], denied: [] },
      tools: [{ match: ["fs.read_text_file"], reads: ["path"] }],
      mcp: { env: { PATH: { from: "PATH", secret: false } } },
    },
    options: ["--name", "fs"],
    server: server(SERVERS.logged, ...server(SERVERS.filesystem, ".")),
  });
  await using api = model([["one", "a.txt"], ["two", "/etc/passwd"]]);
  Deno.writeTextFileSync(join(proxy.sandbox, "a.txt"), "in the sandbox");
  const { DENO_DIR } = Deno.env.toObject();
  // A string of JSON is one of TOML.
  Deno.writeTextFileSync(
    join(folder.path, "config.toml"),
    `model = "local"
model_provider = "local"
approval_policy = "never"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.local]
name = "local"
base_url = ${JSON.stringify(api.url)}
wire_api = "responses"
[mcp_servers.fs]
required = true
startup_timeout_sec = 60
command = "sh"
args = ${JSON.stringify(["-c", SCRIPT, "sh", proxy.command, ...proxy.args])}
[mcp_servers.fs.env]
${DENO_DIR === undefined ? "" : `DENO_DIR = ${JSON.stringify(DENO_DIR)}`}
`,
  );
  const { code, stdout, stderr } = await new Deno.Command("node", {
    args: [CODEX, "exec", "--skip-git-repo-check", "--json", "Read two files"],
    cwd: folder.path,
    env: { CODEX_HOME: folder.path },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = [stdout, stderr].map((each) => new TextDecoder().decode(each))
    .join("\n");
  assertEquals(code, 0, said);
  assertStringIncludes(said, "I have read them.");
  assertEquals([...api.told.keys()].sort(), ["one", "two"]);
  assertStringIncludes(api.told.get("one") ?? "", "in the sandbox");
  assertStringIncludes(
    api.told.get("two") ?? "",
    "Denied by sandbox_path: the path is outside the sandbox",
  );
  const reached = Deno.readTextFileSync(join(proxy.sandbox, "reached"));
  assert(!reached.includes("passwd"));
  const [run = "", ...others] = proxy.runs();
  assertEquals(others, []);
  await finished(run);
  assertEquals(
    eventsOf("policy_checked", eventsIn(run))
      .filter(({ tool }) => tool === "fs.read_text_file")
      .map(({ decision, rule_id }) => `${decision} ${rule_id}`).sort(),
    ["allow null", "deny sandbox_path"],
  );
});
