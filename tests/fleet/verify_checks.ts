/**
 * Runs of a database are verified one after the other: however many there are,
 * the process holds one of them.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { started } from "../program.ts";
import { type Rehearsal, rehearsal } from "../rehearsal.ts";
import { REHEARSALS } from "../rehearsals.ts";
import { OPTIONS } from "../store_contract.ts";
import { cluster } from "./cluster.ts";
import { fleetDatabase } from "./fleet_database.ts";

const isFull = Deno.args.includes("--full");

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

type Given = Awaited<ReturnType<typeof fleetDatabase>>;

/** Records a run, and has the database hold it that many times. */
async function hold(
  given: Given,
  { name, run, times }: {
    readonly name: string;
    readonly run: Rehearsal;
    readonly times: number;
  },
): Promise<void> {
  {
    await using sink = await given.store().run(name).begin();
    await recordRun(rehearsal(run), sink, OPTIONS);
  }
  // A few at a time, since a statement has 5 s.
  for (let from = 1; from < times; from += 20) {
    const most = Math.min(from + 19, times - 1);
    await given.database.query(
      `insert into fleet.run (run_id, state, lines, head, terminal_reason, manifest, finished_at)
       select run_id || number, state, lines, head, terminal_reason, manifest, finished_at
       from fleet.run, generate_series($2::integer, $3::integer) as number where run_id = $1`,
      [name, from, most],
    );
    await given.database.query(
      `insert into fleet.ledger_line (run_id, seq, line, epoch)
       select run_id || number, seq, line, epoch
       from fleet.ledger_line, generate_series($2::integer, $3::integer) as number where run_id = $1`,
      [name, from, most],
    );
  }
}

interface Sample {
  /** How many runs were verified by then. */
  readonly runs: number;
  /** How much memory the process had in all. */
  readonly rssMb: number;
}

function most(memory: readonly Sample[]): number {
  return Math.max(...memory.map(({ rssMb }) => rssMb));
}

/** Verifies all runs in a process of its own; `heapMb` is all that its objects may take. */
async function verifyAll(given: Given, heapMb: number) {
  const begun = performance.now();
  const child = started(["runs", "verify", "--all", "--db", "env"], {
    cwd: Deno.cwd(),
    env: { DATABASE_URL: given.url },
    permissions: [
      `--v8-flags=--max-old-space-size=${heapMb}`,
      ...["--allow-read", "--allow-net=127.0.0.1", "--allow-env"],
    ],
  });
  let runs = 0;
  const memory: Sample[] = [];
  const sampling = setInterval(
    () => memory.push({ runs, rssMb: residentMb(child.pid) }),
    250,
  );
  const reading = (async () => {
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of lines) {
      runs += text.match(/: verified /g)?.length ?? 0;
    }
  })();
  const said = new Response(child.stderr).text();
  const [{ code }] = await Promise.all([child.status, reading]);
  clearInterval(sampling);
  const seconds = (performance.now() - begun) / 1000;
  return { code, runs, seconds, memory, said: await said };
}

/** How much memory a process has; 0 when it has ended. */
function residentMb(pid: number): number {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "rss=", "-p", String(pid)],
  }).outputSync();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

Deno.test("large runs of a database are verified in the memory that a few of them need", async () => {
  await using given = await fleetDatabase(server);
  const times = 40;
  const result = "text".repeat(2 ** 19);
  const run: Rehearsal = {
    script: [
      { calls: [{ tool: "work", args: { text: "go" } }] },
      { answer: "done" },
    ],
    work: () => Promise.resolve(result),
  };
  await hold(given, { name: "large", run, times });
  // Their heap is smaller than the texts of all of them.
  const { code, runs, memory, said } = await verifyAll(given, 48);
  assertEquals({ code, runs }, { code: 0, runs: times }, said);
  const first = most(memory.filter((each) => each.runs <= 8));
  assert(first > 0 && most(memory) < first + 50, JSON.stringify(memory));
});

Deno.test({
  name: "10,000 runs are verified in as much memory as the first 1,000 of them",
  ignore: !isFull,
  async fn() {
    await using given = await fleetDatabase(server);
    const kinds = Object.entries(REHEARSALS).filter(([name]) =>
      /^(one_call|two_calls_in_one_answer|final_answer)$/.test(name)
    );
    for (const [name, run] of kinds) {
      const times = Math.ceil(10_000 / kinds.length);
      await hold(given, { name, run: run(), times });
    }
    const { code, runs, seconds, memory, said } = await verifyAll(given, 256);
    assertEquals(code, 0, said);
    assert(runs >= 10_000);
    const first = most(memory.filter((each) => each.runs <= 1000));
    const all = most(memory);
    console.log(
      `${runs} runs in ${seconds.toFixed(1)} s; resident memory: ${
        first.toFixed(0)
      } MB up to the first 1,000, ${all.toFixed(0)} MB at most`,
    );
    assert(first > 0 && all < first + 60, `${first} MB, then ${all} MB`);
  },
});
