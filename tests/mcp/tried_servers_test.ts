/**
 * Servers of the Model Context Protocol where a policy is tried: `test` plays tasks with
 * them, and `decide` knows their tools.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { lacks } from "../permissions.ts";
import { program, started, temporaryFolder } from "../program.ts";
import { CREDENTIALS, httpServer } from "./http_server.ts";
import { isRunning } from "./is_running.ts";
import { hostileServer, SERVED_POLICY } from "./served_run.ts";

const PERMISSIONS = [
  ...["--allow-read", "--allow-write", "--allow-run", "--allow-env=PATH"],
];

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: lacks("read", "write", "run", "env", "net"), fn });
}

/** A folder with files, in which commands are said. */
function desk(files: Readonly<Record<string, JsonObject>>) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    Deno.writeTextFileSync(join(folder.path, name), JSON.stringify(content));
  }
  return {
    path: folder.path,
    say: (words: readonly string[], stdin?: string) =>
      program(words, {
        cwd: folder.path,
        permissions: PERMISSIONS,
        ...stdin === undefined ? {} : { stdin },
      }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const call = (tool: string, args: JsonObject = {}): JsonObject => ({
  calls: [{ tool, args }],
});

/** A task that writes by one server and is denied by the policy at the other. */
function task(expect: JsonObject, servers: JsonObject): JsonObject {
  return {
    ...{ id: "served", question: "What?", policy: "policy.yaml" },
    mcp_servers: servers,
    script: [
      call("bb.write", { path: "note.txt" }),
      call("aa.write", { path: "other.txt" }),
      call("bb.write", { path: "~/x" }),
      call("aa.spawn"),
      { answer: "done" },
    ],
    expect,
  };
}

const EXPECTED: JsonObject = {
  terminal_reason: "final_answer",
  decisions: [
    { tool: "aa.write", decision: "deny", rule_id: "tool_registry" },
    { tool: "bb.write", decision: "deny", rule_id: "sandbox_path" },
  ],
  files: ["log", "note.txt"],
};

const BOTH = { aa: hostileServer(), bb: hostileServer() };

test("test plays a task with its servers, and none of them is left", async () => {
  using here = desk({
    "policy.yaml": SERVED_POLICY,
    "task.yaml": task(EXPECTED, BOTH),
  });
  const { code, stdout, stderr } = await here.say(["test", "."]);
  assertEquals(code, 0, `${stdout}${stderr}`);
  assertStringIncludes(stdout, "1 passed, 0 failed");
  assertEquals([...Deno.readDirSync(here.path)].length, 2);
});

test("test says what was expected of a server's tools, and what was seen", async () => {
  using here = desk({
    "policy.yaml": {
      ...SERVED_POLICY,
      tool_registry: { allowed: ["bb.*"], denied: [] },
    },
    "task.yaml": task(EXPECTED, BOTH),
  });
  const { code, stdout } = await here.say(["test", "task.yaml"]);
  assertEquals(code, 2);
  assertStringIncludes(stdout, "aa.spawn");
});

test("test takes a server of --mcp in the place of the task's", async () => {
  const none = { command: "no-such-program", args: [] };
  using here = desk({
    "policy.yaml": SERVED_POLICY,
    "task.yaml": task(EXPECTED, { aa: none, bb: hostileServer() }),
    "z.yaml": task(EXPECTED, BOTH),
  });
  const broken = await here.say(["test", "."]);
  assertEquals(broken.code, 1);
  assertStringIncludes(
    broken.stderr,
    'task.yaml: Cannot start "no-such-program"',
  );
  assertStringIncludes(broken.stdout, "1 passed, 0 failed, 1 not played");
  const { command, args } = hostileServer();
  const instead = await here.say([
    ...["test", ".", "--mcp", `aa=${[command, ...args].join(" ")}`],
  ]);
  assertEquals(instead.code, 0, `${instead.stdout}${instead.stderr}`);
});

/** Asks `decide` of two calls of a server's tools. */
const LINES = [
  { id: "1", tool: "bb.write", args: { path: "a.txt" } },
  { id: "2", tool: "bb.write", args: { path: "~/x" } },
  { id: "3", tool: "bb.echo", args: { text: 1 } },
  { id: "4", tool: "bb.none", args: {} },
  { id: "5", tool: "read", args: { path: "a.txt" } },
].map((each) => JSON.stringify(each)).join("\n");

test("decide knows the tools of a server, which is asked for its list and ended", async () => {
  using here = desk({ "policy.yaml": SERVED_POLICY });
  const sandbox = join(here.path, "sandbox");
  Deno.mkdirSync(sandbox);
  const { command, args } = hostileServer("tells-its-id");
  const child = started([
    ...["decide", "--policy", "policy.yaml", "--sandbox", "sandbox"],
    ...["--mcp", `bb=${[command, ...args].join(" ")}`],
  ], { cwd: here.path, permissions: PERMISSIONS, stdin: "" });
  const errors = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await writer.write(new TextEncoder().encode(`${LINES}\n`));
  let stdout = "";
  while (stdout.split("\n").length <= 5) {
    const { value, done } = await reader.read();
    if (done) throw new Error(await errors);
    stdout += value;
  }
  const [pid, ...asked] = Deno.readTextFileSync(join(sandbox, "log"))
    .trimEnd().split("\n");
  assertEquals(await isRunning(Number(pid)), false);
  assertEquals(asked.filter((each) => !/initialize|discover/.test(each)), [
    "tools/list",
  ]);
  await writer.close();
  assertEquals((await reader.read()).done, true);
  assertEquals((await child.status).code, 0);
  const decisions = stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(
    decisions.map(({ decision, rule_id }) => [decision, rule_id]),
    [
      ["allow", null],
      ["deny", "sandbox_path"],
      ["deny", "arg_schema"],
      ["deny", "tool_registry"],
      ["deny", "tool_registry"],
    ],
  );
  assertStringIncludes(decisions[3].reason, "there is no such tool");
});

test("policy test judges calls of a server's tools by their names, and starts nothing", async () => {
  using here = desk({
    "policy.yaml": {
      ...SERVED_POLICY,
      tools: [{ match: ["aa.write", "bb.write"], writes: ["path"] }],
    },
    "policy_test.yaml": {
      policy: "policy.yaml",
      servers: ["aa", "bb", "cc"],
      cases: [
        ["bb.write", { path: "a.txt" }, "allow"],
        ["bb.write", { path: "~/x" }, "deny"],
        ["aa.write", { path: "a.txt" }, "deny"],
        ["cc.write", { path: "a.txt" }, "deny"],
        ["bb.echo", { text: "a" }, "deny"],
      ].map(([tool, args, expect]) => ({
        ...{ name: `${tool} ${expect}`, call: { tool, args }, expect },
      })) as unknown as JsonObject[],
    },
  });
  const { code, stdout } = await program(
    ["policy", "test", "policy_test.yaml"],
    {
      cwd: here.path,
      permissions: ["--allow-read"],
    },
  );
  assertEquals([code, stdout], [0, "5 cases, 0 failed\n"]);
  const explained = (words: readonly string[]) =>
    program(["policy", "explain", "--policy", "policy.yaml", ...words], {
      cwd: here.path,
      permissions: ["--allow-read"],
      stdin: JSON.stringify({ tool: "bb.write", args: { path: "~/x" } }),
    });
  const server = await explained(["--server", "aa", "--server", "bb"]);
  assertStringIncludes(server.stdout, "deny by sandbox_path");
  assertStringIncludes((await explained([])).stdout, "allow");
});

test("decide denies a server's tool that no entry of the policy describes", async () => {
  const { tools: _, ...undescribed } = SERVED_POLICY;
  using here = desk({ "policy.yaml": undescribed });
  const { command, args } = hostileServer();
  const { stdout } = await here.say([
    ...["decide", "--policy", "policy.yaml"],
    ...["--mcp", `bb=${[command, ...args].join(" ")}`],
  ], LINES);
  const [first] = stdout.split("\n").map((line) => JSON.parse(line || "{}"));
  assertEquals(first.decision, "deny");
  assertStringIncludes(first.reason, "no entry under `tools` says what");
});

test("decide knows the tools of a server at a URL, which gets the credentials that the policy names", async () => {
  using server = httpServer();
  using here = desk({
    "policy.yaml": {
      ...SERVED_POLICY,
      mcp: { env: { AUTHORIZATION: { from: "MY_KEY" } } },
    },
  });
  const { code, stdout, stderr } = await program([
    ...["decide", "--policy", "policy.yaml", "--mcp", `bb=${server.url}`],
  ], {
    cwd: here.path,
    permissions: [
      "--allow-read",
      "--allow-env=MY_KEY",
      "--allow-net=127.0.0.1",
    ],
    env: { MY_KEY: CREDENTIALS },
    stdin: LINES,
  });
  assertEquals(code, 0, stderr);
  const decisions = stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertStringIncludes(decisions[0].reason, "there is no such tool");
  assertEquals(decisions[2].decision, "allow");
  assertEquals(
    server.reached.filter(({ authorization, body }) =>
      authorization !== CREDENTIALS || body.includes("tools/call")
    ),
    [],
  );
  assert(!`${stdout}${stderr}`.includes(CREDENTIALS));
});

test("decide begins with nothing when a server cannot be used", async () => {
  using here = desk({ "policy.yaml": SERVED_POLICY });
  const { code, stdout, stderr } = await here.say([
    ...["decide", "--policy", "policy.yaml", "--mcp", "bb=no-such-program"],
  ], LINES);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, 'Cannot start "no-such-program"');
});
