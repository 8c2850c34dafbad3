import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { exists } from "../evidence/store/exists.ts";
import { writeLongTask } from "./long_task.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, started, temporaryFolder } from "./program.ts";

const net = { ignore: lacks("read", "write", "run", "net") };

const TASK = `id: slow
question: What does the server say?
script:
  - calls: [{ tool: fetch, args: { url: "http://127.0.0.1:PORT/" } }]
  - answer: It answered.
`;

/** A server that answers when it is told to, on a port of its own. */
function slowServer(onRequest: () => void) {
  const answered = Promise.withResolvers<Response>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => {
      onRequest();
      return answered.promise;
    },
  );
  return {
    port: server.addr.port,
    async close() {
      answered.resolve(new Response("late"));
      await server.shutdown();
    },
  };
}

/** Writes a task and a policy that allow to fetch from the server. */
function prepare(folder: string, port: number, retry: string): void {
  Deno.writeTextFileSync(
    join(folder, "task.yaml"),
    TASK.replace("PORT", String(port)),
  );
  const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace("- fixtures.local", `- http://127.0.0.1:${port}`)
    .replace("max_retries: 3", retry);
  Deno.writeTextFileSync(join(folder, "policy.yaml"), policy);
}

const ARGS = ["run", "task.yaml", "--policy", "policy.yaml", "--out", "out"];

Deno.test(
  "run abandons a server that does not answer in time",
  net,
  async () => {
    using folder = temporaryFolder();
    const server = slowServer(() => {});
    try {
      prepare(
        folder.path,
        server.port,
        "max_retries: 0\n  attempt_timeout_ms: 150",
      );
      const { code, stderr } = await program(ARGS, {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      });
      assertEquals(code, 2);
      assertStringIncludes(
        stderr,
        "timeout: there was no result within 150 ms",
      );
      const report = Deno.readTextFileSync(
        join(folder.path, "out/run_report.md"),
      );
      assertStringIncludes(report, "F2 `retry_exhaustion`");
    } finally {
      await server.close();
    }
  },
);

Deno.test(
  "run says which permission it lacks for a host that the policy allows",
  net,
  async () => {
    using folder = temporaryFolder();
    prepare(folder.path, 18181, "max_retries: 3");
    const { code, stderr } = await program(ARGS, { cwd: folder.path });
    assertEquals(code, 2);
    assertStringIncludes(
      stderr,
      "permission_denied: the process has no permission for this (--allow-net=127.0.0.1:18181)",
    );
  },
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`run ends as cancelled, on record, on ${signal}`, net, async () => {
    using folder = temporaryFolder();
    const requested = Promise.withResolvers<void>();
    const server = slowServer(() => requested.resolve());
    try {
      prepare(folder.path, server.port, "max_retries: 3");
      const child = started(ARGS, {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      });
      await requested.promise;
      child.kill(signal);
      assertEquals((await child.output()).code, 2);
    } finally {
      await server.close();
    }
    const names = [...Deno.readDirSync(join(folder.path, "out"))]
      .map(({ name }) => name).sort();
    assertEquals(names, [
      "manifest.json",
      "run_report.md",
      "sandbox",
      "state.jsonl",
      "trace.json",
    ]);
    assertStringIncludes(
      Deno.readTextFileSync(join(folder.path, "out/state.jsonl")),
      '"terminal_reason":"cancelled"',
    );
  });
}

Deno.test(
  "run hears of a signal while a script waits for nothing",
  net,
  async () => {
    using folder = temporaryFolder();
    writeLongTask(folder.path, 20_000);
    const child = started(["run", "long.yaml", "--out", "out"], {
      cwd: folder.path,
    });
    const ledger = join(folder.path, "out/state.jsonl");
    while (!exists(ledger)) await new Promise((go) => setTimeout(go, 10));
    child.kill("SIGINT");
    assertEquals((await child.output()).code, 2);
    assertMatch(
      Deno.readTextFileSync(ledger),
      /"terminal_reason":"cancelled"/,
    );
  },
);

Deno.test({
  name:
    "run under a policy that wants a Worker says which permission is missing",
  ignore: lacks("read", "write", "run"),
  async fn() {
    using folder = temporaryFolder();
    const { code, stderr } = await program(
      ["run", join(PROJECT, "examples/constitution/task.yaml"), "--out", "out"],
      { cwd: folder.path, permissions: ["--allow-read"] },
    );
    assertEquals(code, 1);
    assertEquals(
      stderr,
      "out: the process may not write there itself, so its tools may not; add --allow-write=out\n",
    );
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});

for (
  const { what, answer, code } of [
    { what: "is not there", answer: undefined, code: 4 },
    { what: "breaks down", answer: 503, code: 2 },
  ]
) {
  Deno.test({
    ...net,
    name: `run exits with ${code} when a server ${what}`,
    async fn() {
      using folder = temporaryFolder();
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(null, { status: answer ?? 200 }),
      );
      const { port } = server.addr;
      if (answer === undefined) await server.shutdown();
      prepare(folder.path, port, "max_retries: 1");
      const ended = await program(ARGS, {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      });
      if (answer !== undefined) await server.shutdown();
      assertEquals(ended.code, code, ended.stderr);
      assertStringIncludes(
        Deno.readTextFileSync(join(folder.path, "out/run_report.md")),
        "retry_exhaustion",
      );
    },
  });
}
