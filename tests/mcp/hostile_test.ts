import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { sha256Text } from "../../tools/data/sha256.ts";
import { eventsOf } from "../rehearsal.ts";
import { lacks } from "../permissions.ts";
import { program, PROJECT } from "../program.ts";
import {
  checkRun,
  eventsIn,
  proxied,
  type ProxiedClient,
  textOf,
} from "./proxied.ts";

/** A policy that allows all tools of the hostile server but `die_hard`. */
const ALLOWED: JsonObject = {
  tool_registry: {
    allowed: ["server.*"],
    denied: [],
  },
  tools: [
    { match: ["server.write"], writes: ["path"] },
    { match: ["server.*"], effects: "none" },
  ],
  mcp: { env: { PATH: { from: "PATH", secret: false } } },
};

function hostile(
  { ways = [], policy = {}, options = [], env = {} }: {
    readonly ways?: readonly string[];
    readonly policy?: JsonObject;
    readonly options?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): ProxiedClient {
  return proxied({
    policy: { ...ALLOWED, ...policy },
    server: [
      ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock"],
      ...["--allow-write=.", "--allow-env", "--allow-run"],
      join(PROJECT, "tests/mcp/hostile_server.ts"),
      ...ways,
    ],
    options,
    env,
  });
}

/** What reached the server, a line each. */
function reached({ sandbox }: ProxiedClient): readonly string[] {
  return Deno.readTextFileSync(join(sandbox, "log")).trimEnd().split("\n");
}

function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/** The processes of a server: itself, and one that it started. */
async function spawned(client: ProxiedClient): Promise<readonly number[]> {
  return textOf(await client.call("spawn")).split(" ").map(Number);
}

function runOf({ runs }: ProxiedClient): string {
  const [run, ...others] = runs();
  assertEquals(others, []);
  return run ?? "";
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `mcp ${name}`,
    ignore: lacks("read", "write", "run", "env"),
    fn,
  });
}

test("records calls as one run, and leaves no folder for a client that calls nothing", async () => {
  await using idle = hostile();
  await idle.initialize();
  await idle.ask("tools/list");
  await idle.close();
  assertEquals(idle.runs(), []);

  await using client = hostile();
  const { result } = await client.initialize();
  assertEquals(result.serverInfo, { name: "hostile", version: "1" });
  assertEquals(textOf(await client.call("echo", { text: "a" })), "a");
  assertEquals(textOf(await client.call("echo", { text: "b" })), "b");
  const { code } = await client.close();
  assertEquals(code, 0);
  const events = eventsIn(runOf(client));
  assertEquals(
    eventsOf("tool_finished", events).map(({ tool }) => tool),
    ["server.echo", "server.echo"],
  );
  assertEquals(
    eventsOf("run_finished", events)[0]?.terminal_reason,
    "session_closed",
  );
});

test("denies what the policy does not allow, and nothing reaches the server", async () => {
  await using client = hostile({
    policy: { tool_registry: { allowed: ["server.echo"], denied: [] } },
  });
  await client.initialize();
  const { result } = await client.call("write", { path: "x" });
  assertEquals(result.isError, true);
  assertStringIncludes(JSON.stringify(result), "Denied by tool_registry");
  assertMatch(
    (await client.ask("resources/read", { uri: "x" })).error.message,
    /mcp\.resources\.read/,
  );
  const { result: listed } = await client.ask("tools/list");
  assertEquals((listed.tools as { name: string }[]).map(({ name }) => name), [
    "echo",
  ]);
  assertEquals(
    reached(client).filter((line) => /write|resources/.test(line)),
    [],
  );
  await client.close();
});

test("asks for the list once when its client does", async () => {
  await using client = hostile({
    policy: { tool_registry: { allowed: ["server.echo"], denied: [] } },
  });
  await client.initialize();
  await client.ask("tools/list");
  await client.call("echo", { text: "x" });
  assertEquals(
    reached(client).filter((line) => line === "tools/list").length,
    1,
  );
  await client.ask("tools/list");
  assertEquals(
    reached(client).filter((line) => line === "tools/list").length,
    2,
  );
  await client.close();
});

test("keeps denied tools in lists with --show-denied", async () => {
  await using client = hostile({
    policy: { tool_registry: { allowed: ["server.echo"], denied: [] } },
    options: ["--show-denied"],
  });
  await client.initialize();
  const { result } = await client.ask("tools/list");
  assertEquals((result.tools as unknown[]).length, 14);
});

test("passes an allowed resource on, as a call on record", async () => {
  await using client = hostile({
    policy: {
      tool_registry: { allowed: ["mcp.resources.read"], denied: [] },
    },
  });
  await client.initialize();
  const { result } = await client.ask("resources/read", { uri: "x:y" });
  assertStringIncludes(JSON.stringify(result), "a resource");
  await client.close();
  const [call] = eventsOf("tool_started", eventsIn(runOf(client)));
  assertEquals([call?.tool, call?.args], ["mcp.resources.read", {
    uri: "x:y",
  }]);
});

test("answers a quick call while a slow one runs", async () => {
  await using client = hostile();
  await client.initialize();
  await client.call("echo");
  const slow = client.call("sleep", { ms: 2000 });
  let isSlowDone = false;
  void slow.then(() => isSlowDone = true);
  assertEquals(textOf(await client.call("echo", { text: "quick" })), "quick");
  assertEquals(isSlowDone, false);
  assertEquals(textOf(await slow), "slept");
  await client.close();
  // The record has the order in which it happened.
  const happened = eventsIn(runOf(client)).flatMap((event) =>
    event.type === "tool_started" || event.type === "tool_finished"
      ? [`${event.tool} ${event.type}`]
      : []
  );
  assertEquals(happened.slice(2), [
    "server.sleep tool_started",
    "server.echo tool_started",
    "server.echo tool_finished",
    "server.sleep tool_finished",
  ]);
});

test("asks its budgets when a call arrives", async () => {
  await using client = hostile({
    policy: { loop_budget: { max_iterations: 1, max_tool_calls: 2 } },
  });
  await client.initialize();
  for (const text of ["1", "2"]) {
    assertEquals(textOf(await client.call("echo", { text })), text);
  }
  assertStringIncludes(
    textOf(await client.call("echo", { text: "3" })),
    "Denied by loop_budget",
  );
  assertEquals(reached(client).filter((line) => line.startsWith("echo")), [
    'echo {"text":"1"}',
    'echo {"text":"2"}',
  ]);
});

test("counts no time in which no call runs", async () => {
  await using client = hostile({
    policy: { loop_budget: { max_iterations: 1, max_seconds: 1 } },
  });
  await client.initialize();
  assertEquals(textOf(await client.call("echo", { text: "a" })), "a");
  // A person thinks.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assertEquals(textOf(await client.call("sleep", { ms: 1500 })), "slept");
  assertStringIncludes(
    textOf(await client.call("echo", { text: "b" })),
    "Denied by loop_budget",
  );
});

test("takes arguments as large as the policy says", async () => {
  const text = "x".repeat(200_000);
  for (const max_bytes of [65_536, 1_048_576]) {
    await using client = hostile({
      policy: {
        arg_schema: { enforcement: "strict", max_bytes, max_depth: 32 },
      },
    });
    await client.initialize();
    const said = textOf(await client.call("echo", { text }));
    if (max_bytes > text.length) assertEquals(said, text);
    else assertStringIncludes(said, "Denied by arg_schema");
  }
});

test("hides and denies a tool whose definition is another one than the policy pins", async () => {
  const pins = { "server.echo": "0".repeat(64) };
  await using client = hostile({
    policy: {
      tool_registry: {
        allowed: ["server.echo", "server.sleep"],
        denied: [],
        pins,
      },
    },
  });
  await client.initialize();
  const { result } = await client.ask("tools/list");
  assertEquals((result.tools as { name: string }[]).map(({ name }) => name), [
    "sleep",
  ]);
  assertStringIncludes(
    textOf(await client.call("echo", { text: "a" })),
    "Denied by tool_pin",
  );
  assertEquals(reached(client).filter((line) => line.startsWith("echo")), []);
});

test("reports a server's error to the client, and goes on", async () => {
  await using client = hostile();
  await client.initialize();
  const { result } = await client.call("error");
  assertEquals(result.isError, true);
  assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
  await client.close();
  const [failed] = eventsOf("tool_finished", eventsIn(runOf(client)));
  assertEquals(failed?.error?.type, "-32050");
});

test("reports a call that hangs when its time is up, and tells the server", async () => {
  await using client = hostile({
    policy: {
      mcp: {
        env: { PATH: { from: "PATH", secret: false } },
        call_timeout_ms: 300,
      },
    },
  });
  await client.initialize();
  const answer = await client.call("hang");
  assertStringIncludes(textOf(answer), "did not answer within 300 ms");
  assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
  assert(reached(client).includes("notifications/cancelled"));
});

/** What goes with every request since 2026-07-28. */
const MODERN = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
  },
};

test("passes on that a server wants to be asked otherwise, as it is", async () => {
  await using client = hostile({ ways: ["modern"] });
  const { error } = await client.ask("tools/call", {
    ...MODERN,
    name: "incapable",
  });
  assertEquals([error.code, error.data], [-32021, {
    requiredCapabilities: { sampling: {} },
  }]);
  await client.close();
  const [failed] = eventsOf("tool_finished", eventsIn(runOf(client)));
  assertEquals(failed?.error?.type, "-32021");
});

test("has no method that the protocol does not have, and says so as JSON-RPC does", async () => {
  await using client = hostile({
    policy: { tool_registry: { allowed: ["mcp.*"], denied: [] } },
  });
  await client.initialize();
  const { error } = await client.ask("x/y");
  assertEquals(error.code, -32601);
  assertStringIncludes(error.message, "Denied by tool_registry");
  assertEquals(reached(client).filter((line) => line === "x/y"), []);
});

for (
  const { what, allowed, given, said, sent } of [
    {
      what: "that answer what the server asks are used without asking",
      allowed: ["server.*", "mcp.elicitation.create"],
      given: {
        who: { action: "accept", content: { name: "Ada" } },
        more: { action: "accept", content: { name: "Bob" } },
      },
      said: /"name\\":\\"Ada/,
      sent: ["{}", '{} {"who":{"action":"accept","content":{"name":"Ada"}}}'],
    },
    {
      what: "that answer something else are left out, and the client is asked",
      allowed: ["server.*", "mcp.elicitation.create"],
      given: { more: { action: "accept", content: { name: "Bob" } } },
      said: /"resultType":"input_required"/,
      sent: ["{}"],
    },
    {
      what: "that nobody may ask for are not given",
      allowed: ["server.*"],
      given: { who: { action: "accept", content: { name: "Ada" } } },
      said: /asks for elicitation\/create: Denied by tool_registry/,
      sent: ["{}"],
    },
  ]
) {
  test(`answers ${what}`, async () => {
    await using client = hostile({
      ways: ["modern"],
      policy: { tool_registry: { allowed, denied: [] } },
    });
    const { result } = await client.ask("tools/call", {
      ...MODERN,
      name: "wants",
      inputResponses: given,
    });
    assertMatch(JSON.stringify(result), said);
    if (sent.length > 1) {
      const [, finished] = eventsOf("tool_finished", eventsIn(runOf(client)));
      const { rounds } = finished?.result as { rounds: JsonObject[] };
      assertEquals(rounds.map(({ inputResponses }) => inputResponses), [
        { who: given.who },
      ]);
    }
    assertEquals(
      reached(client).filter((line) => line.startsWith("wants"))
        .map((line) => line.slice("wants ".length)),
      sent,
    );
  });
}

test("leaves out a second answer", async () => {
  await using client = hostile();
  await client.initialize();
  assertEquals(textOf(await client.call("twice")), "first");
  assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
  assertEquals(client.others, []);
  const { stderr } = await client.close();
  assertStringIncludes(stderr, "an answer of the server that nobody waits for");
});

test("reports an answer that is no result", async () => {
  await using client = hostile();
  await client.initialize();
  assertStringIncludes(
    textOf(await client.call("malformed")),
    "cannot be read",
  );
});

test("leaves out broken frames, and the call ends when its time is up", async () => {
  await using client = hostile({
    policy: { mcp: { call_timeout_ms: 300 } },
  });
  await client.initialize();
  assertEquals((await client.call("broken")).result.isError, true);
  const { stderr } = await client.close();
  assertStringIncludes(stderr, "it is not JSON");
});

test("tells each call on standard error, a line or every event of it", async () => {
  for (
    const { options, line } of [
      { options: [], line: /^call 1: server\.echo done$/m },
      {
        options: ["--verbose"],
        line: /ms +1 +call +server\.echo \{"text":"on"\}$/m,
      },
      {
        options: ["--json"],
        line: /^\{"seq":1?\d,.*"what":"call","text":"server\.echo /m,
      },
      { options: ["--quiet"], line: /^$/ },
    ] as const
  ) {
    await using client = hostile({ options });
    await client.initialize();
    assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
    await client.call("no such tool");
    const { code, stderr } = await client.close();
    assertEquals(code, 0, stderr);
    assertMatch(stderr, line);
    if (options.length > 0) continue;
    assertMatch(
      stderr,
      /^call 2: server\.no such tool denied by tool_registry$/m,
    );
    assertMatch(stderr, /^took \d+\.\d s: tools \d+\.\d s$/m);
  }
});

test("passes a flood of notifications on, and answers", async () => {
  await using client = hostile();
  await client.initialize();
  assertEquals(textOf(await client.call("flood")), "flooded");
  assertEquals(client.others.length, 20_000);
});

test("gives 100 MB to the client, and records length, hash and head", async () => {
  await using client = hostile();
  await client.initialize();
  const size = 100 * 2 ** 20;
  const { result } = await client.call("large", { ms: size });
  assertEquals(textOf({ result } as Parameters<typeof textOf>[0]).length, size);
  await client.close();
  const [finished] = eventsOf("tool_finished", eventsIn(runOf(client)));
  const { large_result } = finished?.result as {
    large_result: { bytes: number; sha256: string; head: string };
  };
  assertEquals(
    large_result.bytes,
    new TextEncoder().encode(JSON.stringify(result)).length,
  );
  assertMatch(large_result.head, /^\{"content":\[\{"type":"text","text":"xxx/);
  assertEquals(large_result.sha256, sha256Text(JSON.stringify(result)));
});

test("ends with a whole record when the server dies in a call", async () => {
  await using client = hostile();
  await client.initialize();
  assertEquals(textOf(await client.call("echo", { text: "a" })), "a");
  const { result } = await client.call("die");
  assertEquals(result.isError, true);
  const { code, stderr } = await client.ended;
  assertEquals(code, 4);
  assertStringIncludes(stderr, "exit code 3");
  const incidents = Deno.readTextFileSync(
    join(runOf(client), "incidents.jsonl"),
  );
  assertStringIncludes(incidents, '"server_fault"');
});

test("ends when the server cannot even begin", async () => {
  await using client = hostile({ ways: ["dies-at-once"] });
  const { code, stderr } = await client.ended;
  assertEquals(code, 4);
  assertStringIncludes(stderr, "exit code 7");
  assertEquals(client.runs(), []);
});

test("hides and denies a tool whose definition changes, and one that comes later", async () => {
  await using client = hostile({ ways: ["rug-pull"] });
  await client.initialize();
  const first = await client.call("echo", { text: "before" });
  assertEquals(textOf(first), "before");
  const { result } = await client.ask("tools/list");
  const listed = JSON.stringify(result);
  assert(!listed.includes("id_rsa"), listed);
  assert(!listed.includes('"echo"'), listed);
  assert(!listed.includes('"later"'), listed);
  assertStringIncludes(textOf(await client.call("echo")), "Denied by tool_pin");
  assertStringIncludes(
    textOf(await client.call("later")),
    "Denied by tool_pin",
  );
  assertEquals(textOf(await client.call("sleep", { ms: 1 })), "slept");
  const { stderr } = await client.close();
  assertStringIncludes(stderr, "server.echo: its definition has changed");
  const run = runOf(client);
  const incidents = Deno.readTextFileSync(join(run, "incidents.jsonl"));
  assertMatch(
    incidents,
    /"tool_definition","tool":"server\.echo","found":"changed"/,
  );
  assertMatch(incidents, /"tool":"server\.later","found":"later"/);
  const report = Deno.readTextFileSync(join(run, "run_report.md"));
  assertStringIncludes(report, "tool_pin");
});

test("hides and denies two tools with one name, and one whose schema cannot be used", async () => {
  for (const [way, name] of [["same-names", "echo"], ["bad-schema", "odd"]]) {
    await using client = hostile({ ways: [way ?? ""] });
    await client.initialize();
    const { result } = await client.ask("tools/list");
    const names = (result.tools as { name: string }[]).map(({ name }) => name);
    assert(!names.includes(name ?? ""), names.join());
    assert(names.includes("sleep"));
    assertStringIncludes(
      textOf(await client.call(name ?? "")),
      "there is no such tool",
    );
  }
});

test("believes no server that says its tools only read", async () => {
  await using client = hostile({
    ways: ["read-only"],
    policy: { tools: [{ match: ["server.echo"], effects: "none" }] },
  });
  await client.initialize();
  assertStringIncludes(
    textOf(await client.call("write", { path: "x" })),
    "no entry under `tools` says what this tool touches",
  );
});

const NEXT_TO_SANDBOX = [
  "/etc/passwd",
  "../x",
  "~/x",
  "~root",
  "file:///etc/passwd",
  "$HOME/x",
  "${HOME}/x",
  "%HOME%/x",
  "{{ path }}",
  "link/passwd",
];

test("refuses paths that a server would open elsewhere", async () => {
  await using client = hostile();
  Deno.symlinkSync("/etc", join(client.sandbox, "link"));
  await client.initialize();
  for (const path of NEXT_TO_SANDBOX) {
    assertStringIncludes(
      textOf(await client.call("write", { path })),
      "Denied by sandbox_path",
      path,
    );
  }
  assertEquals(reached(client).filter((line) => line.startsWith("write")), []);
});

test("sends the absolute path that was judged", async () => {
  await using client = hostile();
  Deno.mkdirSync(join(client.sandbox, "real"));
  Deno.symlinkSync("real", join(client.sandbox, "link"));
  await client.initialize();
  assertEquals(
    textOf(await client.call("write", { path: "./link/../link/a.txt" })),
    'Denied by sandbox_path: the path has ".." after a link',
  );
  assertEquals(
    textOf(await client.call("write", { path: "link//a.txt" })),
    "written",
  );
  assertEquals(
    reached(client).at(-1),
    `write ${JSON.stringify({ path: join(client.sandbox, "real/a.txt") })}`,
  );
});

test("gives the server the listed variables alone, and hides their values everywhere", async () => {
  const secret = 'pass"word\u00e4-123';
  await using client = hostile({
    policy: {
      mcp: {
        env: {
          PATH: { from: "PATH", secret: false },
          TOKEN: { from: "MY_TOKEN" },
        },
      },
    },
    env: { MY_TOKEN: secret, OTHER: "other-value" },
  });
  await client.initialize();
  const env = JSON.parse(textOf(await client.call("env")));
  // Deno sets this one itself.
  delete env.PWD;
  assertEquals(Object.keys(env).sort(), ["PATH", "TOKEN"]);
  const said = await client.call("echo", { text: `it is ${secret}` });
  assertEquals(textOf(said), "it is [env:TOKEN]");
  const failed = await client.call("error", { text: "TOKEN" });
  assertEquals(textOf(failed), "out of paper: [env:TOKEN] (-32050)");
  await client.close();
  for (const { name } of Deno.readDirSync(runOf(client))) {
    if (name === "sandbox") continue;
    const text = Deno.readTextFileSync(join(runOf(client), name));
    assert(!text.includes("word\u00e4-123"), name);
    assert(!text.includes("word\\u00e4"), name);
  }
});

test("refuses to start with a variable that is not set, or is too short to hide", async () => {
  for (
    const [value, said] of [[undefined, "is not set"], [
      "short",
      "fewer than 8",
    ]]
  ) {
    await using client = hostile({
      policy: { mcp: { env: { TOKEN: { from: "MY_TOKEN" } } } },
      env: value === undefined ? {} : { MY_TOKEN: value },
    });
    const { code, stderr } = await client.ended;
    assertEquals(code, 1);
    assertStringIncludes(stderr, said ?? "");
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`ends on ${signal} with a whole record, and no process is left`, async () => {
    await using client = hostile({ ways: ["ignores-the-end"] });
    await client.initialize();
    const processes = await spawned(client);
    assertEquals(processes.map(isAlive), [true, true]);
    void client.call("hang");
    while (!reached(client).includes("hang {}")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    client.signal(signal);
    const { code } = await client.ended;
    assertEquals(code, 0);
    assertEquals(processes.map(isAlive), [false, false]);
    const finished = eventsOf("tool_finished", eventsIn(runOf(client)));
    assertEquals(finished.at(-1)?.error?.kind, "cancelled");
  });
}

test("killed in a call leaves no process, and close ends its record", async () => {
  await using client = hostile({ ways: ["ignores-the-end"] });
  await client.initialize();
  const processes = await spawned(client);
  void client.call("hang");
  while (!reached(client).includes("hang {}")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  client.signal("SIGKILL");
  await client.ended;
  for (let n = 0; n < 500 && processes.some(isAlive); n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(processes.map(isAlive), [false, false]);
  const run = runOf(client);
  const closed = await program(["mcp", "close", run], { cwd: PROJECT });
  assertEquals(closed.code, 0, closed.stderr);
  assertStringIncludes(closed.stdout, "1 call has an unknown outcome");
  await checkRun(run);
  const last = eventsOf("tool_finished", eventsIn(run)).at(-1);
  assertEquals(last?.error?.type, "indeterminate");
  const again = await program(["mcp", "close", run], { cwd: PROJECT });
  assertEquals(again.code, 1);
  assertStringIncludes(again.stderr, "the run is finished");
});

test("refuses a message that two readers could understand in two ways", async () => {
  await using client = hostile();
  await client.initialize();
  for (
    const line of [
      '{"jsonrpc":"2.0","id":"a","method":"ping","method":"tools/call","params":{}}',
      '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo","name":"write"}}',
      '[{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"write"}}]',
      '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo","extra":1}}',
      '{"id":"a","method":"tools/call","params":{"name":"write"}}',
      "nonsense",
    ]
  ) {
    const before = client.others.length;
    await client.write(line);
    while (client.others.length === before) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert(client.others.at(-1)?.error !== undefined, line);
  }
  await client.write(
    '{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"echo","arguments":{"text":"a","text":"b"}}}',
  );
  const twice = await client.other(({ id }) => id === "b");
  assertStringIncludes(textOf(twice), "Denied by arg_schema");
  assertEquals(
    reached(client).filter((line) => /^(echo|write)/.test(line)),
    [],
  );
});

test("bounds what goes with the arguments of a call as the arguments are bounded", async () => {
  await using client = hostile({
    policy: {
      tool_registry: { allowed: ["server.*", "mcp.*"], denied: [] },
    },
  });
  await client.initialize();
  const deep = "[".repeat(40) + "]".repeat(40);
  const refused = [
    [`{"a":"${"x".repeat(70_000)}"}`, "larger than 65536 bytes"],
    [`{"a":${deep}}`, "deep"],
    ['{"a":{"b":1,"b":2}}', 'the key "b" comes twice'],
    ['{"__proto__":{}}', 'the key "__proto__" is not allowed'],
    ['"text"', "no object"],
  ] as const;
  let id = 0;
  const answer = async (method: string, params: string) => {
    id += 1;
    const own = `rest-${id}`;
    await client.write(
      `{"jsonrpc":"2.0","id":"${own}","method":"${method}","params":${params}}`,
    );
    return await client.other((message) => message.id === own);
  };
  for (const key of ["_meta", "task"]) {
    for (const [text, why] of refused) {
      const { error } = await answer(
        "tools/call",
        `{"name":"echo","arguments":{},"${key}":${text}}`,
      );
      assertEquals(error.code, -32602);
      assertStringIncludes(error.message, `Cannot pass ${key} on: `);
      assertStringIncludes(error.message, why);
    }
  }
  const { error } = await answer(
    "resources/read",
    `{"uri":"x","_meta":${refused[2][0]}}`,
  );
  assertEquals(error.code, -32602);
  assertEquals(reached(client).filter((line) => /^echo|^res/.test(line)), []);
  const passed = await client.ask("tools/call", {
    ...{ name: "echo", arguments: { text: "on" } },
    _meta: { progressToken: "p", "example.com/trace": { a: [1] } },
  });
  assertEquals(textOf(passed), "on");
});

test("cancels a call that the client cancels, and answers it no more", async () => {
  await using client = hostile();
  await client.initialize();
  await client.write(
    '{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"hang"}}',
  );
  while (!reached(client).includes("hang {}")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await client.notify("notifications/cancelled", { requestId: "c" });
  assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
  await client.close();
  assertEquals(client.others, []);
  const finished = eventsOf("tool_finished", eventsIn(runOf(client)));
  assertEquals(finished[0]?.error?.kind, "cancelled");
});

test("judges what the server asks of the client, and denies it", async () => {
  await using client = hostile();
  await client.initialize({ roots: {}, sampling: {} });
  for (const method of ["roots/list", "sampling/createMessage", "x/y"]) {
    assertStringIncludes(
      textOf(await client.call("ask", { text: method })),
      "Denied by tool_registry",
    );
  }
  assertEquals(client.others, []);
});

test("passes on what the server may ask, and its answer", async () => {
  await using client = hostile({
    policy: {
      tool_registry: { allowed: ["server.*", "mcp.roots.list"], denied: [] },
    },
  });
  await client.initialize({ roots: {} });
  const call = client.call("ask", { text: "roots/list" });
  const { id } = await client.other(({ method }) => method === "roots/list");
  await client.write(
    JSON.stringify({ jsonrpc: "2.0", id, result: { roots: [] } }),
  );
  assertEquals(textOf(await call), '{"roots":[]}');
});

for (
  const { what, policy, options = [], said } of [
    {
      what: "a limit of tokens",
      policy: { loop_budget: { max_iterations: 1, max_tokens: 5 } },
      said: "loop_budget.max_tokens",
    },
    {
      what: "isolation: worker",
      policy: { sandbox: { isolation: "worker" } },
      said: "isolation",
    },
    {
      what: "--approve client that the policy does not accept",
      policy: {},
      options: ["--approve", "client"],
      said: "accept: [client]",
    },
    {
      what: "the name mcp",
      policy: {},
      options: ["--name", "mcp"],
      said: "--name",
    },
  ]
) {
  test(`refuses to start with ${what}`, async () => {
    await using client = hostile({ policy, options });
    const { code, stderr } = await client.ended;
    assertEquals(code, 1);
    assertStringIncludes(stderr, said);
  });
}

test("refuses a sandbox from which its record or its policy could be changed", async () => {
  await using client = hostile();
  const folder = join(client.sandbox, "..");
  for (
    const [sandbox, said] of [[folder, "the policy is in it"], [
      join(folder, "runs"),
      "its own record",
    ]]
  ) {
    Deno.mkdirSync(join(folder, "runs"), { recursive: true });
    const ended = await program([
      ...["mcp", "--policy", join(folder, "policy.yaml")],
      ...[
        "--out",
        join(folder, "runs"),
        "--sandbox",
        sandbox ?? "",
        "--",
        "true",
      ],
    ], { cwd: PROJECT });
    assertEquals(ended.code, 1);
    assertStringIncludes(ended.stderr, said ?? "");
  }
});

test("waits with --approve file until somebody answers, while other calls go on", async () => {
  await using client = hostile({
    policy: { escalate: [{ tools: ["server.sleep"], reason: "ask first" }] },
    options: ["--approve", "file"],
  });
  await client.initialize();
  const waiting = client.call("sleep", { ms: 1 });
  assertEquals(textOf(await client.call("echo", { text: "on" })), "on");
  const run = runOf(client);
  while (!eventsIn(run).some(({ type }) => type === "policy_checked")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const answered = await program(
    ["approvals", "approve", run, "--by", "ada"],
    { cwd: PROJECT },
  );
  assertEquals(answered.code, 0, answered.stderr);
  assertEquals(textOf(await waiting), "slept");
  await client.close();
  const [resolved] = eventsOf("approval_resolved", eventsIn(run));
  assertEquals([resolved?.approver, resolved?.verdict], ["ada", "approved"]);
});

test("tells a client that its call waits, where it asks to be told", async () => {
  await using client = hostile({
    policy: { escalate: [{ tools: ["server.echo"], reason: "ask first" }] },
    options: ["--approve", "file"],
  });
  await client.initialize();
  void client.ask("tools/call", {
    name: "echo",
    arguments: {},
    _meta: { progressToken: "p" },
  });
  const { params } = await client.other(({ method }) =>
    method === "notifications/progress"
  );
  assertEquals(params.progressToken, "p");
});

for (
  const { what, answer, approver, said } of [
    {
      what: "the digits",
      answer: (digits: string) => ({ action: "accept", content: { digits } }),
      approver: "client:test",
      said: "on",
    },
    {
      what: "other digits",
      answer: (digits: string) => ({
        action: "accept",
        content: { digits: digits === "000000" ? "000001" : "000000" },
      }),
      approver: "none",
      said: "Denied by approval",
    },
    {
      what: "an empty form",
      answer: () => ({ action: "accept", content: {} }),
      approver: "none",
      said: "Denied by approval",
    },
    {
      what: "a refusal",
      answer: () => ({ action: "decline" }),
      approver: "client:test",
      said: "Denied by approval",
    },
  ]
) {
  test(`with --approve client takes ${what} for the answer of the user`, async () => {
    await using client = hostile({
      policy: {
        escalate: [{ tools: ["server.echo"], reason: "ask first" }],
        approval: { accept: ["client"] },
      },
      options: ["--approve", "client"],
    });
    await client.initialize({ elicitation: {} });
    const call = client.call("echo", { text: "on" });
    const { id, params } = await client.other(({ method }) =>
      method === "elicitation/create"
    );
    const message = String(params.message);
    assertStringIncludes(message, "server.echo");
    const digits = /type (\d{6})\./.exec(message)?.[1] ?? "";
    await client.write(
      JSON.stringify({ jsonrpc: "2.0", id, result: answer(digits) }),
    );
    assertStringIncludes(textOf(await call), said);
    await client.close();
    const [resolved] = eventsOf("approval_resolved", eventsIn(runOf(client)));
    assertEquals(resolved?.approver, approver);
  });
}

test("with --approve client denies what a client cannot ask", async () => {
  await using client = hostile({
    policy: {
      escalate: [{ tools: ["server.echo"], reason: "ask first" }],
      approval: { accept: ["client"] },
    },
    options: ["--approve", "client"],
  });
  await client.initialize();
  assertStringIncludes(textOf(await client.call("echo")), "Denied by approval");
});

test("denies with --approve never what a person would have to allow", async () => {
  await using client = hostile({
    policy: { escalate: [{ tools: ["server.echo"], reason: "ask first" }] },
  });
  await client.initialize();
  assertStringIncludes(textOf(await client.call("echo")), "Denied by approval");
});
