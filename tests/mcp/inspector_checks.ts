/**
 * MCP Inspector's command line before the proxy, as its users start it. It needs the
 * packages of `tests/mcp/packages`, `clients` and `large_clients`, so
 * `deno task test:mcp:clients` names this file.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { NODE_22 } from "./conformance.ts";
import { server, SERVERS } from "./packages.ts";
import { eventsIn, type ProxyCommand, proxyCommand } from "./proxied.ts";

const INSPECTOR = join(
  PROJECT,
  "tests/mcp/large_clients/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
);

/** What Inspector printed, and its exit code. */
interface Inspected {
  readonly code: number;
  readonly printed: unknown;
  readonly stderr: string;
}

/** Starts Inspector with a file of settings that names a proxy. */
async function inspect(
  { command, args }: ProxyCommand,
  asked: readonly string[],
): Promise<Inspected> {
  using folder = temporaryFolder();
  const settings = join(folder.path, "settings.json");
  // The proxy gets few variables; it finds Deno's own modules by this one.
  const { DENO_DIR } = Deno.env.toObject();
  Deno.writeTextFileSync(
    settings,
    JSON.stringify({
      mcpServers: { fs: { command, args, env: { DENO_DIR } } },
    }),
  );
  const { code, stdout, stderr } = await new Deno.Command(NODE_22, {
    args: [
      ...[INSPECTOR, "--cli", "--config", settings, "--server", "fs"],
      ...["--format", "json", ...asked],
    ],
    stdout: "piped",
    stderr: "piped",
    // It keeps nothing in the keychain of the user.
    env: { MCP_INSPECTOR_SECRET_STORE: "memory" },
  }).output();
  const [printed = "", errors = ""] = [stdout, stderr].map((each) =>
    new TextDecoder().decode(each)
  );
  return { code, printed: JSON.parse(printed), stderr: errors };
}

Deno.test("MCP Inspector asks for a file that the policy denies: the rule is named, and nothing reaches the server", async () => {
  await using proxy = proxyCommand({
    policy: {
      tool_registry: { allowed: ["fs.read_text_file"], denied: [] },
      tools: [{ match: ["fs.read_text_file"], reads: ["path"] }],
      mcp: { env: { PATH: { from: "PATH", secret: false } } },
    },
    options: ["--name", "fs"],
    server: server(SERVERS.logged, ...server(SERVERS.filesystem, ".")),
  });
  Deno.writeTextFileSync(join(proxy.sandbox, "a.txt"), "in the sandbox");
  const ask = (path: string) =>
    inspect(proxy, [
      ...["--method", "tools/call", "--tool-name", "read_text_file"],
      ...["--tool-arg", `path=${path}`],
    ]);
  const denied = await ask("/etc/passwd");
  assertEquals(denied.printed, {
    result: {
      content: [{
        type: "text",
        text: "Denied by sandbox_path: the path is outside the sandbox",
      }],
      isError: true,
    },
  });
  // Inspector's exit code for a tool that has failed.
  assertEquals(denied.code, 5);
  assertStringIncludes(
    denied.stderr,
    "fs.read_text_file denied by sandbox_path",
  );
  const reached = () =>
    Deno.readTextFileSync(join(proxy.sandbox, "reached")).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
  assertEquals(
    reached().filter(({ method }) => method === "tools/call"),
    [],
  );
  assert(!JSON.stringify(reached()).includes("passwd"));
  const allowed = await ask("a.txt");
  assertEquals(allowed.code, 0, allowed.stderr);
  assertStringIncludes(JSON.stringify(allowed.printed), "in the sandbox");
  assertEquals(
    reached().filter(({ method }) => method === "tools/call")
      .map(({ params }) => params.arguments.path),
    [join(proxy.sandbox, "a.txt")],
  );
  const events = proxy.runs().flatMap(eventsIn);
  assertEquals(
    eventsOf("policy_checked", events)
      .filter(({ tool }) => tool === "fs.read_text_file")
      .map(({ decision, rule_id }) => `${decision} ${rule_id}`).sort(),
    ["allow null", "deny sandbox_path"],
  );
  assertEquals(eventsOf("tool_finished", events).length, 1);
});
