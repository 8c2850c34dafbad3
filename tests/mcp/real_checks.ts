/**
 * Checks of the proxy between servers and clients of other people. They need the
 * packages of `tests/mcp/packages`, so `deno task test:mcp:core` names this file.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { eventsOf } from "../rehearsal.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { program } from "../program.ts";
import { clientOf, PACKAGES, server, SERVERS } from "./packages.ts";
import { eventsIn, proxied, proxyCommand, textOf } from "./proxied.ts";

/** What servers that Node runs need of the environment. */
const MCP = { env: { PATH: { from: "PATH", secret: false } } };

const FILES: JsonObject = {
  tool_registry: { allowed: ["fs.*"], denied: ["fs.move_file"] },
  tools: [
    {
      match: [
        ...["fs.read_text_file", "fs.read_file", "fs.read_media_file"],
        ...["fs.list_directory", "fs.get_file_info"],
      ],
      reads: ["path"],
    },
    { match: ["fs.read_multiple_files"], reads: ["paths"] },
    { match: ["fs.write_file", "fs.create_directory"], writes: ["path"] },
    { match: ["fs.list_allowed_directories"], effects: "none" },
  ],
  mcp: MCP,
};

function filesystem() {
  return {
    policy: FILES,
    options: ["--name", "fs"],
    server: server(
      SERVERS.logged,
      ...server(SERVERS.filesystem, "."),
    ),
  };
}

Deno.test("server-filesystem opens what was judged, and is not asked for anything else", async () => {
  await using client = proxied(filesystem());
  const { sandbox } = client;
  Deno.writeTextFileSync(join(sandbox, "a.txt"), "in the sandbox");
  // The proxy works in another folder, which has a file of the same name.
  Deno.writeTextFileSync(join(sandbox, "../a.txt"), "beside the sandbox");
  Deno.mkdirSync(join(sandbox, "sub"));
  Deno.symlinkSync("/etc", join(sandbox, "out"));
  Deno.symlinkSync("a.txt", join(sandbox, "alias"));
  await client.initialize();
  const { result: listed } = await client.ask("tools/list");
  const names = (listed.tools as { name: string }[]).map(({ name }) => name);
  assert(!names.includes("move_file") && !names.includes("edit_file"));
  for (
    const path of ["a.txt", "./sub/../a.txt", "alias", join(sandbox, "a.txt")]
  ) {
    const answer = await client.call("read_text_file", { path });
    assertEquals(textOf(answer), "in the sandbox", path);
  }
  const written = await client.call("write_file", {
    path: "sub/b.txt",
    content: "b",
  });
  assertEquals(written.result.isError, undefined);
  assertEquals(Deno.readTextFileSync(join(sandbox, "sub/b.txt")), "b");
  const both = await client.call("read_multiple_files", {
    paths: ["a.txt", "./sub/../sub/b.txt"],
  });
  assertStringIncludes(textOf(both), "in the sandbox");
  for (
    const args of [
      { path: "/etc/passwd" },
      { path: "~/x" },
      { path: "out/passwd" },
      { path: "../runs" },
    ]
  ) {
    const answer = await client.call("read_text_file", args);
    assertEquals(answer.result.isError, true);
    assertStringIncludes(textOf(answer), "Denied by sandbox_path");
  }
  assertStringIncludes(
    textOf(
      await client.call("read_multiple_files", {
        paths: ["a.txt", "/etc/passwd"],
      }),
    ),
    "Denied by sandbox_path",
  );
  assertStringIncludes(
    textOf(await client.call("move_file", { source: "a", destination: "b" })),
    "Denied by tool_registry",
  );
  await client.close();
  const reached = Deno.readTextFileSync(join(sandbox, "reached"));
  const calls = reached.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ method }) => method === "tools/call");
  const [a, b] = [join(sandbox, "a.txt"), join(sandbox, "sub/b.txt")];
  assertEquals(
    calls.map(({ params: { arguments: { path, paths } } }) => path ?? paths),
    [a, a, a, a, b, [a, b]],
  );
});

Deno.test("server-everything gets the listed variables alone, and a listed secret is seen nowhere", async () => {
  const secret = "t0p-secret-value";
  await using client = proxied({
    policy: {
      tool_registry: { allowed: ["server.get-env", "server.echo"], denied: [] },
      tools: [{ match: ["server.*"], effects: "none" }],
      mcp: { env: { ...MCP.env, API_KEY: { from: "MY_KEY" } } },
    },
    server: server(SERVERS.everything),
    env: { MY_KEY: secret, OTHER: "other-value" },
  });
  await client.initialize();
  const env = JSON.parse(textOf(await client.call("get-env")));
  assertEquals(env, { PATH: Deno.env.get("PATH"), API_KEY: "[env:API_KEY]" });
  const echoed = textOf(await client.call("echo", { message: secret }));
  assertStringIncludes(echoed, "[env:API_KEY]");
  await client.close();
  for (const run of client.runs()) {
    for (const { name, isFile } of Deno.readDirSync(run)) {
      const text = isFile ? Deno.readTextFileSync(join(run, name)) : "";
      assert(!text.includes(secret), name);
    }
  }
});

Deno.test("server-everything answers a quick call while a slow one runs, and tells its progress", async () => {
  await using client = proxied({
    policy: {
      tool_registry: { allowed: ["server.*"], denied: [] },
      tools: [{ match: ["server.*"], effects: "none" }],
      mcp: MCP,
    },
    server: server(SERVERS.everything),
  });
  await client.initialize();
  await client.call("echo", { message: "warm" });
  const slow = client.ask("tools/call", {
    name: "trigger-long-running-operation",
    arguments: { duration: 2, steps: 4 },
    _meta: { progressToken: "p" },
  });
  await client.other(({ method }) => method === "notifications/progress");
  const start = performance.now();
  await client.call("echo", { message: "quick" });
  const took = performance.now() - start;
  assert(took < 1000, `${took} ms beside a call of 2 s`);
  assertStringIncludes(textOf(await slow), "completed");
});

Deno.test("server-memory keeps its graph, and server-sequential-thinking thinks", async () => {
  for (
    const { file, name, args } of [
      { file: SERVERS.memory, name: "read_graph", args: {} },
      {
        file: SERVERS.sequential_thinking,
        name: "sequentialthinking",
        args: {
          thought: "a",
          nextThoughtNeeded: false,
          thoughtNumber: 1,
          totalThoughts: 1,
        },
      },
    ]
  ) {
    await using client = proxied({
      policy: {
        tool_registry: { allowed: [`server.${name}`], denied: [] },
        tools: [{ match: ["server.*"], effects: "none" }],
        mcp: MCP,
      },
      server: server(file),
    });
    await client.initialize();
    const { result } = await client.call(name, args);
    assertEquals(result.isError, undefined, JSON.stringify(result));
  }
});

const MODERN: JsonObject = {
  tool_registry: {
    allowed: ["sdk.echo", "sdk.ask", "mcp.elicitation.create"],
    denied: [],
  },
  tools: [{ match: ["sdk.*"], effects: "none" }],
  mcp: MCP,
};

const CALLS = [
  { name: "echo", arguments: { text: "a" } },
  { name: "ask", arguments: { greeting: "Hi" } },
  { name: "rm", arguments: {} },
] as const;

for (
  const { mode, version } of [
    { mode: "legacy", version: "2025-11-25" },
    { mode: "auto", version: "2026-07-28" },
    { mode: { pin: "2026-07-28" }, version: "2026-07-28" },
  ]
) {
  const shown = JSON.stringify(mode);
  Deno.test(`the SDK's client, version 2, in mode ${shown} calls and is asked through the proxy`, async () => {
    await using proxy = proxyCommand({
      policy: MODERN,
      server: server(SERVERS.modern),
      options: ["--name", "sdk"],
    });
    const got = await clientOf("client_v2.mjs", proxy, { mode, calls: CALLS });
    assertEquals([got.version, got.tools], [version, ["echo", "ask"]]);
    assertEquals(
      got.results.map((result) =>
        textOf({ result } as Parameters<typeof textOf>[0])
      ),
      [
        "a",
        "Hi Ada",
        'Denied by tool_registry: the policy does not allow this tool: "sdk.rm"',
      ],
    );
    // A client in mode `auto` starts the proxy once more, to see which era it has.
    const [run, ...others] = proxy.runs();
    assertEquals(others, []);
    const proposed = eventsOf("call_proposed", eventsIn(run ?? ""));
    assertEquals(
      proposed.map(({ tool }) => tool),
      ["sdk.echo", "sdk.ask", "mcp.elicitation.create", "sdk.rm"],
    );
  });
}

Deno.test("what the server asks in between is denied with the call, unless the policy allows it", async () => {
  await using proxy = proxyCommand({
    policy: {
      ...MODERN,
      tool_registry: { allowed: ["sdk.ask"], denied: [] },
    },
    server: server(SERVERS.modern),
    options: ["--name", "sdk"],
  });
  const { results: [result] } = await clientOf("client_v2.mjs", proxy, {
    mode: { pin: "2026-07-28" },
    calls: [{ name: "ask", arguments: { greeting: "Hi" } }],
  });
  assertEquals(result?.isError, true);
  assertStringIncludes(
    JSON.stringify(result),
    "the server asks for elicitation/create: Denied by tool_registry",
  );
});

for (const mode of ["legacy", { pin: "2026-07-28" }] as const) {
  Deno.test(`the user of the SDK's client, version 2, approves a call in mode ${JSON.stringify(mode)}`, async () => {
    await using proxy = proxyCommand({
      policy: {
        ...MODERN,
        escalate: [{ tools: ["sdk.echo"], reason: "ask first" }],
        approval: { accept: ["client"] },
      },
      server: server(SERVERS.modern),
      options: ["--name", "sdk", "--approve", "client"],
    });
    const { results: [result = {}] } = await clientOf("client_v2.mjs", proxy, {
      mode,
      calls: [{ name: "echo", arguments: { text: "a" } }],
    });
    assertEquals(result.isError, undefined, JSON.stringify(result));
    const [run = ""] = proxy.runs();
    const [resolved] = eventsOf("approval_resolved", eventsIn(run));
    assertEquals(
      [resolved?.approver, resolved?.verdict],
      ["client:sdk-v2", "approved"],
    );
  });
}

Deno.test("the SDK's client, version 1, makes calls at once through the proxy", async () => {
  await using proxy = proxyCommand(filesystem());
  Deno.writeTextFileSync(join(proxy.sandbox, "a.txt"), "a");
  const { results } = await clientOf("client_v1.mjs", proxy, {
    calls: [
      { name: "read_text_file", arguments: { path: "a.txt" } },
      { name: "read_text_file", arguments: { path: "/etc/passwd" } },
      { name: "list_directory", arguments: { path: "." } },
    ],
  });
  assertEquals(
    results.map(({ isError = false }) => isError),
    [false, true, false],
  );
});

for (
  const [name, profile, args] of [
    ["filesystem", "filesystem", ["."]],
    ["everything", "everything", []],
    ["memory", "memory", []],
    ["sequential_thinking", "sequential-thinking", []],
  ] as const
) {
  Deno.test(`mcp list makes a policy of the server and the profile ${profile}`, async () => {
    const { code, stdout, stderr } = await program(
      [
        ...["mcp", "list", "--name", name, "--profile", profile],
        ...["--", ...server(SERVERS[name], ...args)],
      ],
      {
        cwd: PACKAGES,
        permissions: [
          "--allow-read",
          "--allow-env=PATH",
          "--allow-run=node,sh",
        ],
      },
    );
    assertEquals(code, 0, stderr);
    const { tool_registry: { allowed, pins = {} } } =
      loadPolicy(stdout, "the output").document;
    assert(allowed.length > 0);
    assertEquals(allowed.filter((each) => !Object.hasOwn(pins, each)), []);
  });
}
