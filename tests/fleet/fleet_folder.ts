import { join } from "../../deps.ts";
import { withoutVolatile } from "../../evidence/recording/manifest.ts";
import { walkSync } from "../../evidence/store/walk.ts";
import { pgDatabase } from "../../evidence/store/postgres/pg_database.ts";
import {
  type Ended,
  PROJECT,
  started,
  temporaryFolder,
  warmProgram,
} from "../program.ts";
import type { Cluster } from "./cluster.ts";
import type { JournalLine } from "./journal_tools.ts";
import type { Machine } from "./machines.ts";

const POLICY = `version: 1
on_deny: continue
tool_registry: { allowed: [note, pay, read, write], denied: [] }
url_allowlist: []
escalate:
  - tools: [write]
    when: [{ argument: path, starts_with: published/ }]
    reason: customers read it
approval: { expires_seconds: 3600 }
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 40, max_tokens: 50000, max_tool_calls: 80 }
cycle_detection: { max_repeats: 3, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`;

const CONFIG = `policies: [policy.yaml]
tools: { journal: ${PROJECT}tests/fleet/journal_tools.ts }
max_deaths: 3
`;

/** One call of a script. */
export interface ScriptedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What commands may do; a tool ends its own process. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
];
const LOCAL = [...PERMISSIONS, "--allow-net=127.0.0.1"];

/**
 * A folder with a policy, tools, tasks and the configuration of a worker, and a
 * new database with the schema; each role logs in by itself.
 */
export async function fleetFolder(server: Cluster) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const place = (name: string) => join(folder.path, name);
  Deno.writeTextFileSync(place("policy.yaml"), POLICY);
  Deno.writeTextFileSync(place("worker.yaml"), CONFIG);
  Deno.writeTextFileSync(place("journal"), "");
  const owner = await server.createDatabase();
  const database = stack.use(pgDatabase(owner));
  const command = (url: string, args: readonly string[]): Promise<Ended> =>
    warmProgram(args, {
      cwd: folder.path,
      env: { DATABASE_URL: url },
      permissions: LOCAL,
    });
  const installed = await command(owner, ["fleet", "install"]);
  if (installed.code !== 0) throw new Error(installed.stderr);
  const role = (name: string) => server.as(owner, `a_${name}`, `fleet_${name}`);
  const urls = {
    owner,
    submitter: await role("submitter"),
    worker: await role("worker"),
    approver: await role("approver"),
    operator: await role("operator"),
    reader: await role("reader"),
  };
  /** What workers said. */
  const said: string[] = [];
  const workers = new Set<Deno.ChildProcess>();
  stack.defer(async () => {
    for (const each of workers) {
      try {
        each.kill("SIGCONT");
        each.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await each.status;
    }
  });
  const closing = stack.move();
  return {
    path: folder.path,
    place,
    database,
    urls,
    /** Writes a scripted task; each step is a list of calls. */
    task(id: string, steps: readonly (readonly ScriptedCall[])[]): string {
      const path = place(`${id}.yaml`);
      const script = [
        ...steps.map((calls) => ({ calls })),
        { answer: "It is done" },
      ];
      const task = { id, question: "Do it", policy: "policy.yaml", script };
      Deno.writeTextFileSync(path, JSON.stringify(task));
      return path;
    },
    /** Runs one command in the name of a role. */
    as: (
      name: keyof typeof urls,
      args: readonly string[],
    ) => command(urls[name], args),
    /** Submits tasks; returns the ids of the runs. */
    async submit(
      tasks: readonly string[],
      more: readonly string[] = [],
    ): Promise<readonly string[]> {
      const { code, stdout, stderr } = await command(urls.submitter, [
        ...["submit", ...tasks, "--tools", "journal", ...more],
      ]);
      if (code !== 0) throw new Error(stderr);
      return stdout.trim().split("\n");
    },
    /** Starts a worker in a process of its own; on the next machine, where there are several and it is not said how it reaches the server. */
    worker(
      more: readonly string[] = [],
      { url, machine }: { readonly url: string; readonly machine?: Machine } = {
        url: urls.worker,
        machine: server.machines[workers.size % server.machines.length],
      },
    ): Deno.ChildProcess {
      const way = new URL(url);
      if (machine !== undefined) way.hostname = machine.host;
      const child = started(["worker", "--config", "worker.yaml", ...more], {
        cwd: folder.path,
        env: {
          DATABASE_URL: way.href,
          FLEET_JOURNAL: place("journal"),
          // What those leave that are killed goes with the folder.
          TMPDIR: folder.path,
        },
        permissions: [...PERMISSIONS, `--allow-net=${way.hostname}`],
        ...machine && { within: machine.within },
      });
      workers.add(child);
      // A pipe that is full would stop it.
      for (const stream of [child.stdout, child.stderr]) {
        void stream.pipeThrough(new TextDecoderStream()).pipeTo(
          new WritableStream({ write: (text) => void said.push(text) }),
        ).catch(() => {});
      }
      return child;
    },
    /** Waits until a statement returns a row. */
    async until(
      condition: string,
      { seconds = 30 }: { readonly seconds?: number } = {},
    ): Promise<void> {
      for (let tries = 0;; tries++) {
        const rows = await database.query(
          `select from fleet.run having ${condition}`,
        ).catch(() => []);
        if (rows.length > 0) return;
        if (tries === seconds * 10) {
          const all = await database.query(
            "select run_id, state, epoch, lines, deaths, waits_for from fleet.run where state <> 'finished' limit 20",
          );
          const jobs = await database.query(
            "select state::text, count(*)::integer from fleet_jobs.job group by 1",
          );
          throw new Error(
            `Not so: ${condition}: ${JSON.stringify({ all, jobs })}\n${
              said.join("").slice(-4000)
            }`,
          );
        }
        await new Promise((done) => setTimeout(done, 100));
      }
    },
    /** What workers said so far. */
    said: () => said.join(""),
    journal: (): readonly JournalLine[] =>
      Deno.readTextFileSync(place("journal")).split("\n")
        .flatMap((line) => line === "" ? [] : [JSON.parse(line)]),
    /** What the same task leaves in a folder, with an answer where it waits. */
    async local(task: string, answers: readonly string[] = []) {
      const out = task.replace(/\.yaml$/, "_local");
      const tools = `${PROJECT}tests/fleet/journal_tools.ts`;
      const own = ["--tools", tools];
      await command("", [
        ...["run", task, "--out", out, "--approve", "file", ...own],
      ]);
      for (const verb of answers) {
        await command("", ["approvals", verb, out, "--by", "ada"]);
        await command("", ["resume", out, ...own]);
      }
      return filesOf(out);
    },
    /** What a finished run leaves when it is written into a folder. */
    async exported(run: string) {
      const out = place("exported");
      const args = ["runs", "export", run, "--db", "env", "--out", out];
      const { code, stderr } = await command(urls.reader, args);
      if (code !== 0) throw new Error(stderr);
      return filesOf(join(out, run));
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** Every file of a run but what happened to its process and who answered when. */
export function filesOf(run: string): ReadonlyMap<string, string> {
  const options = { includeDirs: false, includeSymlinks: true };
  return new Map(
    [...walkSync(run, options)].map(({ path }): [string, string] => {
      const name = path.slice(run.length + 1);
      const text = Deno.readTextFileSync(path);
      return [name, name === "manifest.json" ? withoutVolatile(text) : text];
    }).filter(([name]) => !/^(incidents|approvals)\.jsonl$/.test(name)).sort(),
  );
}
