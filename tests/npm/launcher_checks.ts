/**
 * The launcher, packed and started by npx on a machine that has only Node: nothing
 * called `deno` is on the PATH.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import config from "../../deno.json" with { type: "json" };
import { buildLauncher } from "../../npm/build_launcher.ts";
import { type Ended, PROJECT, temporaryFolder } from "../program.ts";
import { ended, said } from "./installed_package.ts";

const SERVER = "@modelcontextprotocol/server-filesystem";

const place = temporaryFolder();
Deno.test.afterAll(() => place[Symbol.dispose]());
const at = (...names: readonly string[]) => join(place.path, ...names);

await buildLauncher(at("built"));
const [{ filename, files }] = JSON.parse(
  await said("npm", [
    ...["pack", "--json", "--pack-destination", place.path],
    at("built"),
  ], place.path),
);

/** A PATH with what a machine with Node has, and what Node's own programs start. */
function pathWithoutDeno(): string {
  const folder = at("bin");
  Deno.mkdirSync(folder);
  for (const name of ["node", "npm", "npx", "sh", "env"]) {
    const found = (Deno.env.get("PATH") ?? "").split(":")
      .map((each) => join(each, name)).find((each) => exists(each));
    if (found === undefined) throw new Error(`there is no ${name}`);
    Deno.symlinkSync(Deno.realPathSync(found), join(folder, name));
  }
  return folder;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const env = {
  PATH: pathWithoutDeno(),
  XDG_CACHE_HOME: at("cache"),
  NO_COLOR: "1",
};

/** The folder of a user, with one task and a policy. */
const folder = at("folder");
Deno.mkdirSync(folder);
await said("cp", ["-r", join(PROJECT, "examples/constitution"), "."], folder);

function started(
  program: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    env: { ...env, ...more },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function all(child: Deno.ChildProcess): Promise<Ended> {
  await child.stdin.close();
  return await ended(child);
}

const npx = (...args: readonly string[]) =>
  all(started(join(env.PATH, "npx"), [
    ...["--yes", "--prefer-offline", `--package=${at(filename)}`],
    ...["agent-runtime", ...args],
  ]));

Deno.writeTextFileSync(
  join(folder, "package.json"),
  JSON.stringify({ name: "folder", private: true }),
);
await said(join(env.PATH, "npm"), [
  ...["install", "--no-audit", "--no-fund", "--prefer-offline"],
  ...[at(filename), `${SERVER}@2026.8.31`],
], folder);

/** Nobody answers there, so nothing can be fetched. */
const OFFLINE = {
  HTTP_PROXY: "http://127.0.0.1:9/",
  HTTPS_PROXY: "http://127.0.0.1:9/",
  http_proxy: "http://127.0.0.1:9/",
  https_proxy: "http://127.0.0.1:9/",
  NO_PROXY: "",
  no_proxy: "",
};

/** The installed launcher, without npx and without a network. */
function launcher(...args: readonly string[]): Deno.ChildProcess {
  return started(
    join(folder, "node_modules/.bin/agent-runtime"),
    args,
    OFFLINE,
  );
}

Deno.test("the package of the launcher has program and licence, no tests and no runs, and pins Deno", () => {
  const paths: readonly string[] = files.map(({ path }: { path: string }) =>
    path
  );
  const others = paths.filter((path) =>
    !/^program\/(?:agent|cli|corpus|evidence|policy|runtime|tasks|tools|trace)\//
      .test(path)
  );
  assertEquals(others.sort(), [
    "LICENSE",
    "README.md",
    "launcher.js",
    "package.json",
    "program/LICENSE",
    "program/cli.ts",
    "program/deno.json",
    "program/deps.ts",
    "program/mod.ts",
    "program/url.lock",
  ]);
  assertEquals(paths.filter((path) => /_test\.|\/samples\//.test(path)), []);
  const { dependencies, version } = JSON.parse(
    Deno.readTextFileSync(at("built/package.json")),
  );
  assertEquals([dependencies, version], [
    { deno: Deno.version.deno },
    config.version,
  ]);
});

Deno.test("npx runs a task, verifies and reports it, where there is only Node", async () => {
  assertEquals([...Deno.readDirSync(env.PATH)].map(({ name }) => name).sort(), [
    ...["env", "node", "npm", "npx", "sh"],
  ]);
  const ran = await npx("run", "constitution/task.yaml", "--out", "out");
  assertEquals(ran.code, 0, ran.stderr);
  assertStringIncludes(ran.stdout, "out: final_answer after 3 steps");
  assertStringIncludes(
    ran.stderr,
    "fetching what the program loads, this once",
  );
  const verified = await npx("verify", "out");
  assertEquals([verified.code, verified.stderr], [0, ""]);
  assertStringIncludes(verified.stdout, "out: verified 31 events");
});

Deno.test("what was fetched once is enough offline, for every command", async () => {
  const reported = await all(launcher("report", "out"));
  assertEquals([reported.code, reported.stderr], [0, ""]);
  assert(exists(join(folder, "out.html")));
  const version = await all(launcher("--version"));
  assertEquals(version.stdout, `${config.version}\n`);
  const other = await all(launcher("init", "agent"));
  assertEquals(other.code, 0, other.stderr);
  // Before the first time it cannot do without.
  const first = await all(started(
    join(folder, "node_modules/.bin/agent-runtime"),
    ["--version"],
    { ...OFFLINE, XDG_CACHE_HOME: at("other") },
  ));
  assertEquals(first.code, 1);
  assertStringIncludes(first.stderr, "Connection refused");
  assert(!exists(at("other/agent-runtime", config.version, "fetched")));
});

Deno.test("exit codes and messages are those of the command", async () => {
  const missing = await all(launcher("run", "nowhere.yaml"));
  assertEquals([missing.code, missing.stderr], [
    1,
    "nowhere.yaml: there is no such file\n",
  ]);
  const policy = Deno.readTextFileSync(
    join(folder, "constitution/policy.yaml"),
  );
  Deno.writeTextFileSync(
    join(folder, "strict.yaml"),
    policy.replace("fixtures.local", "archive.example"),
  );
  const denied = await all(launcher(
    ...["run", "constitution/task.yaml", "--policy", "strict.yaml"],
    ...["--out", "denied"],
  ));
  assertEquals(denied.code, 2);
  assertStringIncludes(denied.stderr, "fetch denied by url_allowlist");
});

Deno.test("a tool of one's own is loaded, and reaches no more than the policy implies", async () => {
  const secret = at("secret");
  Deno.writeTextFileSync(secret, "mine");
  Deno.writeTextFileSync(
    join(folder, "tools.ts"),
    `import { z } from "npm:zod@4.6.7";
export const peek = {
  description: "Look where nobody said",
  args: z.strictObject({ path: z.string() }),
  effects: {},
  run: ({ path }: { path: string }) => Deno.readTextFileSync(path),
};
`,
  );
  Deno.writeTextFileSync(
    join(folder, "peek.yaml"),
    `id: peek
question: What is there?
script:
  - calls: [{ tool: peek, args: { path: policy.yaml } }]
  - calls: [{ tool: peek, args: { path: "${secret}" } }]
  - answer: done
policy: policy.yaml
`,
  );
  Deno.writeTextFileSync(
    join(folder, "policy.yaml"),
    `version: 1
on_deny: terminate
tool_registry: { allowed: [peek], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 5 }
cycle_detection: { max_repeats: 2, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`,
  );
  const run = (out: string, ...more: readonly string[]) =>
    all(started(join(folder, "node_modules/.bin/agent-runtime"), [
      ...[...more, "run", "peek.yaml", "--tools", "tools.ts", "--out", out],
    ]));
  const refused = await run("refused");
  assertEquals(refused.code, 2, refused.stderr);
  const ledger = Deno.readTextFileSync(join(folder, "refused/state.jsonl"));
  assertStringIncludes(ledger, "NotCapable");
  assert(!ledger.includes('"mine"'));
  const granted = await run("granted", `--allow-read=${secret}`);
  assertEquals([granted.code, granted.stderr.includes("NotCapable")], [
    0,
    false,
  ]);
});

Deno.test("one word governs a real MCP server, and ends with its client", async () => {
  Deno.mkdirSync(join(folder, "box"));
  Deno.writeTextFileSync(join(folder, "box/a.txt"), "in the box");
  Deno.writeTextFileSync(
    join(folder, "mcp.yaml"),
    `version: 1
on_deny: continue
tool_registry: { allowed: [fs.read_text_file], denied: [] }
tools:
  - match: [fs.read_text_file]
    reads: [path]
mcp:
  env:
    PATH: { from: PATH, secret: false }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 8 }
loop_budget: { max_iterations: 1 }
cycle_detection: { max_repeats: 9, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`,
  );
  const child = launcher(
    ...["mcp", "--policy", "mcp.yaml", "--out", "sessions"],
    ...["--sandbox", "box", "--name", "fs", "--"],
    ...["node", join(folder, `node_modules/${SERVER}/dist/index.js`), "."],
  );
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  const reader = lines.getReader();
  let text = "";
  const answer = async (id: number) => {
    for (;;) {
      const found = text.split("\n").find((line) =>
        line.includes(`"id":${id}`) && line.endsWith("}")
      );
      if (found !== undefined) return JSON.parse(found);
      const { value, done } = await reader.read();
      if (done) throw new Error(`it ended: ${text}`);
      text += value;
    }
  };
  const send = (message: object) =>
    writer.write(
      new TextEncoder().encode(
        `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`,
      ),
    );
  const call = (id: number, path: string) =>
    send({
      id,
      method: "tools/call",
      params: { name: "read_text_file", arguments: { path } },
    });
  await send({
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    },
  });
  assertEquals((await answer(1)).result.protocolVersion, "2025-06-18");
  await send({ method: "notifications/initialized" });
  await call(2, "a.txt");
  assertStringIncludes(JSON.stringify((await answer(2)).result), "in the box");
  await call(3, "/etc/passwd");
  const denied = (await answer(3)).result;
  assertEquals(denied.isError, true);
  assertStringIncludes(JSON.stringify(denied), "sandbox_path");
  await writer.close();
  await reader.cancel();
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
  const verified = await all(launcher("verify", "sessions"));
  assertEquals(verified.code, 0, verified.stdout);
});

Deno.test("a signal for the launcher is one for the command", async () => {
  const child = launcher(
    ...["mcp", "--policy", "mcp.yaml", "--out", "ended"],
    ...["--sandbox", "box", "--name", "fs", "--"],
    ...["node", join(folder, `node_modules/${SERVER}/dist/index.js`), "."],
  );
  const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  // The server says so when it has started.
  assertStringIncludes((await said.read()).value ?? "", "fs: ");
  child.kill("SIGTERM");
  await Promise.all([said.cancel(), child.stdout.cancel()]);
  assertEquals((await child.status).code, 0);
  await child.stdin.close().catch(() => {});
});
