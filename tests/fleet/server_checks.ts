/**
 * Workers start the servers of the Model Context Protocol that a task names and
 * their configuration, too. They need the packages of `tests/mcp/packages`, so
 * `deno task test:mcp:core` names this file.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { allEnd } from "../mcp/is_running.ts";
import { server, SERVERS } from "../mcp/packages.ts";
import { SERVED_POLICY } from "../mcp/served_run.ts";
import { program } from "../program.ts";
import { cluster } from "./cluster.ts";
import { filesOf, fleetFolder } from "./fleet_folder.ts";

const database = await cluster();
Deno.test.afterAll(async () => await database[Symbol.asyncDispose]());

const SECRET = "t0p-secret-value";
const ALL_FINISHED = "bool_and(state = 'finished')";

function startedBy(words: readonly string[]) {
  const [command = "", ...args] = words;
  return { command, args };
}

const FILES = startedBy(server(SERVERS.filesystem, "."));
const MEMORY = startedBy(server(SERVERS.memory));
const EVERY = startedBy(
  server(SERVERS.logged, ...server(SERVERS.everything)),
);

const POLICY: JsonObject = {
  ...SERVED_POLICY,
  tool_registry: { allowed: ["files.*", "memory.*", "every.*"], denied: [] },
  tools: [
    { match: ["files.read_text_file"], reads: ["path"] },
    { match: ["files.write_file"], writes: ["path"] },
    { match: ["memory.*", "every.*"], effects: "none" },
  ],
  mcp: {
    env: {
      PATH: { from: "PATH", secret: false },
      API_KEY: { from: "FLEET_KEY", servers: ["every"] },
      REACHED: { from: "FLEET_REACHED", secret: false, servers: ["every"] },
      MEMORY_FILE_PATH: {
        ...{ from: "FLEET_MEMORY", secret: false, servers: ["memory"] },
      },
    },
  },
};

/** A fleet whose workers accept the policy and some servers. */
async function desk(
  { servers, policy = POLICY, maxDeaths = 3 }: {
    readonly servers: JsonObject;
    readonly policy?: JsonObject;
    readonly maxDeaths?: number;
  },
) {
  const fleet = await fleetFolder(database);
  // What workers have in their environment, and nobody else is asked for.
  Deno.env.set("FLEET_KEY", SECRET);
  Deno.env.set("FLEET_REACHED", fleet.place("reached"));
  Deno.env.set("FLEET_MEMORY", fleet.place("memory.json"));
  const write = (name: string, value: JsonObject) =>
    Deno.writeTextFileSync(fleet.place(name), JSON.stringify(value));
  write("policy.yaml", policy);
  const accept = (mcp_servers: JsonObject) =>
    write("worker.yaml", {
      ...{ policies: ["policy.yaml"], mcp_servers, max_deaths: maxDeaths },
    });
  accept(servers);
  return {
    fleet,
    accept,
    /** Writes a task; each step is one call. */
    task(
      id: string,
      mcp_servers: JsonObject,
      calls: readonly (readonly [string, JsonObject])[],
    ): string {
      const script = [
        ...calls.map(([tool, args]) => ({ calls: [{ tool, args }] })),
        { answer: "done" },
      ];
      const named = { id, question: "What?", policy: "policy.yaml" };
      write(`${id}.yaml`, { ...named, mcp_servers, script });
      return fleet.place(`${id}.yaml`);
    },
    submit: (task: string) => fleet.as("submitter", ["submit", task]),
    /** What the same task leaves in a folder. */
    async local(task: string) {
      Deno.removeSync(fleet.place("memory.json"));
      const out = fleet.place("local");
      const permissions = ["read", "write", "run", "env"]
        .map((each) => `--allow-${each}`);
      const ran = await program(["run", task, "--out", out], {
        cwd: fleet.path,
        permissions,
      });
      assertEquals(ran.code, 0, ran.stderr);
      return filesOf(out);
    },
    async shown(run: string): Promise<string> {
      const args = ["runs", "show", run, "--db", "env"];
      return (await fleet.as("reader", args)).stdout;
    },
    reached: () => Deno.readTextFileSync(fleet.place("reached")),
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

/** The processes below one. */
function descendants(pid: number): readonly number[] {
  const { stdout } = new Deno.Command("ps", { args: ["-eo", "pid=,ppid="] })
    .outputSync();
  const rows = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): readonly number[] =>
    rows.flatMap(([child = 0, of]) =>
      of === parent ? [child, ...below(child)] : []
    );
  return below(pid);
}

Deno.test("a run with servers leaves what a local run leaves, and no process and no secret", async () => {
  const servers = { files: FILES, memory: MEMORY, every: EVERY };
  await using here = await desk({ servers });
  const { fleet } = here;
  const task = here.task("served", servers, [
    ["files.write_file", { path: "a.txt", content: "one" }],
    ["files.read_text_file", { path: "a.txt" }],
    ["memory.create_entities", {
      entities: [{ name: "a", entityType: "note", observations: ["one"] }],
    }],
    ["memory.read_graph", {}],
    ["every.get-env", {}],
  ]);
  const { stdout: run, stderr } = await here.submit(task);
  assertEquals(stderr, "");
  const worker = fleet.worker(["--lease", "5"]);
  await fleet.until(ALL_FINISHED, { seconds: 60 });
  const left = descendants(worker.pid);
  assert(await allEnd(left), left.join());
  const exported = await fleet.exported(run.trim());
  assertEquals(exported, await here.local(task));
  assertEquals(exported.get("sandbox/a.txt"), "one");
  assertStringIncludes(exported.get("state.jsonl") ?? "", "[env:API_KEY]");
  const rows = await fleet.database.query(
    `select run::text as row from fleet.run union all
     select line from fleet.ledger_line union all select line from fleet.incident`,
  );
  assertEquals(JSON.stringify(rows).includes(SECRET), false);
  assertEquals(fleet.said().includes(SECRET), false);
});

Deno.test("a call of a server that was under way when its worker died is not made again", async () => {
  const servers = { files: FILES, every: EVERY };
  await using here = await desk({ servers });
  const { fleet } = here;
  const slow = { duration: 30, steps: 3 };
  const task = here.task("slow", servers, [
    ["files.write_file", { path: "a.txt", content: "one" }],
    ["every.trigger-long-running-operation", slow],
    ["every.echo", { message: "after" }],
  ]);
  const run = (await here.submit(task)).stdout.trim();
  const first = fleet.worker(["--lease", "5"]);
  await fleet.until("max(lines) > 0");
  for (let tries = 0; !/long-running/.test(here.reached()); tries++) {
    assert(tries < 300);
    await new Promise((done) => setTimeout(done, 100));
  }
  const processes = descendants(first.pid);
  assert(processes.length >= 4, `${processes.length} processes`);
  first.kill("SIGKILL");
  await first.status;
  assert(await allEnd(processes), "a server outlived its worker");
  fleet.worker(["--lease", "5"]);
  await fleet.until(ALL_FINISHED, { seconds: 60 });
  const exported = await fleet.exported(run);
  const ledger = exported.get("state.jsonl") ?? "";
  assertStringIncludes(ledger, '"indeterminate"');
  assertEquals(exported.get("sandbox/a.txt"), "one");
  const calls = here.reached().match(/"name":"[^"]*long-running[^"]*"/g);
  assertEquals(calls?.length, 1);
  const verified = await fleet.as("reader", [
    ...["runs", "verify", run, "--db", "env"],
  ]);
  assertEquals(verified.code, 0, verified.stdout);
});

Deno.test("a worker refuses servers that its configuration does not name, on record, and another one takes the run", async () => {
  await using here = await desk({ servers: { files: FILES } });
  const { fleet } = here;
  const call = ["files.read_text_file", { path: "a.txt" }] as const;
  const more = { ...FILES, args: [...FILES.args, "/"] };
  const runs: string[] = [];
  for (
    const [id, servers] of Object.entries<JsonObject>({
      another: { files: more },
      named: { files: FILES, notes: FILES },
      // The same key, in a form that no search for its letters finds.
      hidden: { files: more },
    })
  ) {
    const task = here.task(id, servers, [call]);
    if (id === "hidden") {
      const text = Deno.readTextFileSync(task);
      Deno.writeTextFileSync(task, text.replace("mcp_s", "mcp_\\u0073"));
    }
    runs.push((await here.submit(task)).stdout.trim());
  }
  const good = (await here.submit(here.task("good", { files: FILES }, [call])))
    .stdout.trim();
  fleet.worker(["--lease", "5"]);
  await fleet.until(`bool_or(run_id = '${good}' and state = 'finished')`);
  await new Promise((done) => setTimeout(done, 6000));
  const [another = "", named = "", hidden = ""] = runs;
  const reasons = {
    [another]:
      "the server files of its task is another one in the configuration",
    [named]: "the server notes of its task is not in the configuration",
    [hidden]:
      "the server files of its task is another one in the configuration",
  };
  for (const [run, reason] of Object.entries(reasons)) {
    const shown = await here.shown(run);
    assertStringIncludes(shown, "state: queued\n");
    assertStringIncludes(shown, "epoch: 0\n");
    assertEquals(shown.split(reason).length, 2, shown);
    assertStringIncludes(shown, '"type":"not_accepted"');
    assertStringIncludes(fleet.said(), `${run}: not taken: ${reason}\n`);
  }
  here.accept({ files: FILES, notes: FILES });
  fleet.worker(["--lease", "5"]);
  // Either worker may be the first to look; the one that refuses waits five seconds or so.
  await fleet.until(`bool_or(run_id = '${named}' and state = 'finished')`, {
    seconds: 90,
  });
});

Deno.test("submit refuses servers under a policy that has its tools in a Worker", async () => {
  const policy = { ...POLICY, sandbox: { isolation: "worker" } };
  await using here = await desk({ servers: { files: FILES }, policy });
  const { code, stderr } = await here.submit(
    here.task("inside", { files: FILES }, [["files.read_text_file", {}]]),
  );
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "Cannot use the server files under this policy: it has sandbox.isolation: worker",
  );
  assertEquals(stderr.trim().split("\n").length, 1);
  assertEquals(await here.fleet.database.query("select from fleet.run"), []);
});

Deno.test("a run whose server cannot be started is stuck, and its incidents say why", async () => {
  const servers = { files: { command: join("/nowhere", "server"), args: [] } };
  await using here = await desk({ servers, maxDeaths: 1 });
  const { fleet } = here;
  const task = here.task("none", servers, [["files.read_text_file", {}]]);
  const run = (await here.submit(task)).stdout.trim();
  const worker = fleet.worker();
  await fleet.until("bool_and(state = 'stuck')");
  assertStringIncludes(
    await here.shown(run),
    '"type":"stuck","tries":1,"reason":"Cannot start',
  );
  worker.kill("SIGTERM");
  assertEquals((await worker.status).code, 0);
});
