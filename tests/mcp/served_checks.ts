/**
 * Checks of runs whose tools real servers serve. They need the packages of
 * `tests/mcp/packages`, so `deno task test:mcp:core` names this file.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { completion, llmServer } from "../llm_server.ts";
import { program, temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { server, SERVERS } from "./packages.ts";
import { checkRun, eventsIn } from "./proxied.ts";
import { SERVED_POLICY } from "./served_run.ts";

function started(words: readonly string[]) {
  const [command = "", ...args] = words;
  return { command, args };
}

const TASK = {
  id: "real",
  question: "What do the notes say?",
  policy: "policy.yaml",
  mcp_servers: {
    files: started(
      server(SERVERS.logged, ...server(SERVERS.filesystem, ".")),
    ),
    every: started(server(SERVERS.everything)),
    memory: started(server(SERVERS.memory)),
    modern: started(server(SERVERS.modern)),
  },
};

const POLICY = {
  ...SERVED_POLICY,
  tool_registry: {
    allowed: ["files.*", "every.*", "memory.*", "modern.*"],
    denied: ["files.move_file"],
  },
  tools: [
    {
      match: ["files.read_text_file", "files.list_directory"],
      reads: ["path"],
    },
    { match: ["files.write_file"], writes: ["path"] },
    { match: ["every.*", "memory.*", "modern.*"], effects: "none" },
  ],
  mcp: {
    env: {
      PATH: { from: "PATH", secret: false },
      MEMORY_FILE_PATH: {
        ...{ from: "MEMORY_FILE", secret: false, servers: ["memory"] },
      },
      API_KEY: { from: "MY_KEY", servers: ["every"] },
    },
  },
};

const SECRET = "t0p-secret-value";

async function play(
  steps: readonly (readonly (readonly [string, object])[])[],
) {
  const folder = temporaryFolder();
  const path = Deno.realPathSync(folder.path);
  Deno.writeTextFileSync(join(path, "task.yaml"), JSON.stringify(TASK));
  Deno.writeTextFileSync(join(path, "policy.yaml"), JSON.stringify(POLICY));
  await using model = llmServer([
    ...steps.map((calls, step) =>
      completion({
        calls: calls.map(([name, args], index) => ({
          id: `${step}_${index}`,
          name,
          arguments: JSON.stringify(args),
        })),
      })
    ),
    completion({ content: "done" }),
  ]);
  const ran = await program(
    [
      ...["run", "task.yaml", "--out", "out"],
      ...["--llm", "openai-compatible:small", "--base-url", model.baseUrl],
    ],
    {
      cwd: path,
      permissions: [
        ...["--allow-read", `--allow-write=${path}`, "--allow-run=node,sh"],
        ...["--allow-env", "--allow-net=127.0.0.1"],
      ],
      env: { MY_KEY: SECRET, MEMORY_FILE: join(path, "memory.json") },
    },
  );
  const out = join(path, "out");
  assertEquals(ran.code, 0, ran.stderr);
  await checkRun(out);
  return {
    path,
    out,
    events: eventsIn(out),
    requests: model.requests.map(({ body }) => JSON.stringify(body)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

Deno.test("a model uses server-filesystem, server-everything, server-memory and a server of 2026-07-28 in one run", async () => {
  using run = await play([
    [["files__write_file", { path: "a/../b.txt", content: "hello" }]],
    [
      ["files__read_text_file", { path: "./b.txt" }],
      ["files__read_text_file", { path: "/etc/passwd" }],
      ["files__read_text_file", { path: "~/x" }],
      ["files__move_file", { source: "b.txt", destination: "c.txt" }],
    ],
    [
      ["memory__create_entities", {
        entities: [{ name: "b", entityType: "note", observations: ["hello"] }],
      }],
      ["memory__read_graph", {}],
      ["modern__echo", { text: "modern" }],
      ["every__get-env", {}],
      ["every__echo", { message: `it is ${SECRET}` }],
    ],
  ]);
  const { events, out, requests } = run;
  const done = eventsOf("tool_finished", events).map(({ tool, result }) =>
    [tool, String(Object(result).content?.[0]?.text)] as const
  );
  assertEquals(done.map(([tool]) => tool), [
    ...["files.write_file", "files.read_text_file"],
    ...["memory.create_entities", "memory.read_graph", "modern.echo"],
    ...["every.get-env", "every.echo"],
  ]);
  const [wrote, read, , graph, modern, env] = done.map(([, text]) => text);
  assertEquals(wrote, "Successfully wrote to ./b.txt");
  assertEquals(read, "hello");
  assertStringIncludes(graph ?? "", '"observations"');
  assertEquals(modern, "modern");
  assertEquals(JSON.parse(env ?? ""), {
    PATH: Deno.env.get("PATH"),
    API_KEY: "[env:API_KEY]",
  });
  assertEquals(
    eventsOf("policy_checked", events)
      .filter(({ decision }) => decision === "deny")
      .map(({ tool, rule_id }) => [tool, rule_id]),
    [
      ["files.read_text_file", "sandbox_path"],
      ["files.read_text_file", "sandbox_path"],
      // It is not offered, so it is a name that the model made up.
      ["files__move_file", "tool_registry"],
    ],
  );
  const reached = Deno.readTextFileSync(join(out, "sandbox/reached"))
    .trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ method }) => method === "tools/call")
    .map(({ params }) => params.arguments.path);
  const file = join(out, "sandbox/b.txt");
  assertEquals(reached, [file, file]);
  const ledger = Deno.readTextFileSync(join(out, "state.jsonl"));
  assert(!ledger.includes(SECRET));
  assertStringIncludes(ledger, "it is [env:API_KEY]");
  assert(requests.every((each) => !/"name":"[^"]*\./.test(each)));
});

Deno.test("server-everything over Streamable HTTP serves a run like a process", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const [command = "", ...args] = server(SERVERS.everything, "streamableHttp");
  const child = new Deno.Command(command, {
    args,
    env: { PORT: String(port) },
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await up(port);
    using folder = temporaryFolder();
    const { path } = folder;
    const url = `http://127.0.0.1:${port}/mcp`;
    const { mcp_servers: _, ...task } = TASK;
    const steps = [
      { calls: [{ tool: "every.echo", args: { message: `a ${SECRET}` } }] },
      { calls: [{ tool: "every.get-sum", args: { a: 2, b: 3 } }] },
      { calls: [{ tool: "files.move_file", args: {} }] },
      { answer: "done" },
    ];
    Deno.writeTextFileSync(
      join(path, "task.yaml"),
      JSON.stringify({
        ...task,
        mcp_servers: { every: { url } },
        script: steps,
      }),
    );
    const env = { AUTHORIZATION: { from: "MY_KEY", servers: ["every"] } };
    Deno.writeTextFileSync(
      join(path, "policy.yaml"),
      JSON.stringify({ ...POLICY, mcp: { env } }),
    );
    const permissions = [
      ...["--allow-read", "--allow-write", "--allow-env=MY_KEY"],
      `--allow-net=127.0.0.1:${port}`,
    ];
    const start = { cwd: path, permissions, env: { MY_KEY: SECRET } };
    const ran = await program(["run", "task.yaml", "--out", "out"], start);
    assertEquals(ran.code, 0, ran.stderr);
    const out = join(path, "out");
    const results = eventsOf("tool_finished", eventsIn(out))
      .map(({ result }) => String(Object(result).content?.[0]?.text));
    assertEquals(results.length, 2);
    assertEquals(results[0], "Echo: a [env:AUTHORIZATION]");
    assertStringIncludes(results[1] ?? "", "5");
    await checkRun(out);
    child.kill("SIGKILL");
    await child.status;
    const gone = await program(["run", "task.yaml", "--out", "b"], start);
    assertEquals(gone.code, 1);
    assertStringIncludes(gone.stderr, "the server every: ");
    assertEquals([...Deno.readDirSync(path)].length, 3);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
  }
});

/** Waits until something listens. */
async function up(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("nothing listens");
}
