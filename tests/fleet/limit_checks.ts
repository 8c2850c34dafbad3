/**
 * Limits hold over all workers, and a pause lets no effect begin.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  setRate,
  takeToken,
} from "../../evidence/store/postgres/fleet_limits.ts";
import { cluster } from "./cluster.ts";
import { fleetDatabase } from "./fleet_database.ts";
import { fleetFolder } from "./fleet_folder.ts";

const isFull = Deno.args.includes("--full");

const server = await cluster({ onTwoMachines: isFull });
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const ALL_FINISHED = "bool_and(state = 'finished')";

/** A task that says something several times. */
function talking(id: string, steps: number, ms: number) {
  return [
    id,
    Array.from({ length: steps }, (_, step) => [
      { tool: "note", args: { text: `${id} ${step}`, ms } },
    ]),
  ] as const;
}

Deno.test("no more runs of a tenant are executed at once than it may have", async () => {
  await using fleet = await fleetFolder(server);
  const [workers, runs] = isFull ? [4, 60] : [2, 14];
  const tasks = Array.from(
    { length: runs },
    (_, index) => fleet.task(...talking(`few${index}`, 2, 150)),
  );
  const free = Array.from(
    { length: 4 },
    (_, index) => fleet.task(...talking(`free${index}`, 2, 150)),
  );
  await fleet.submit(tasks, ["--tenant", "small"]);
  await fleet.submit(free);
  const limited = await fleet.as("operator", [
    ...["fleet", "limit", "--tenant", "small", "--running", "3"],
  ]);
  assertEquals(limited.stdout, "small: up to 3 at once\n", limited.stderr);
  for (let count = 0; count < workers; count++) {
    fleet.worker(["--concurrency", "8"]);
  }
  const seen: number[] = [];
  const sampling = setInterval(async () => {
    const [row] = await fleet.database.query(
      "select count(*)::integer as running from fleet.run where tenant = 'small' and state = 'running'",
    );
    seen.push(Number(row?.running));
  }, 50);
  await fleet.until(ALL_FINISHED, { seconds: 120 });
  clearInterval(sampling);
  assertEquals(Math.max(...seen), 3);
  // By what the tools saw: of how many runs a call was going on at once.
  const going = new Set<string>();
  let most = 0;
  for (const { text, what } of fleet.journal()) {
    if (!text.startsWith("few")) continue;
    if (what === "begin") going.add(text);
    else going.delete(text);
    most = Math.max(most, going.size);
  }
  assert(most <= 3, `${most} at once`);
});

Deno.test("a provider is asked no more often than its rate, by all loops together", async () => {
  await using given = await fleetDatabase(server);
  const rate = { perSecond: 40, burst: 5 };
  await setRate(given.database, "provider", rate);
  const started = performance.now();
  const asked: number[] = [];
  const end = started + 2500;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (performance.now() < end) {
        const ms = await takeToken(given.database, "provider");
        if (ms === 0) asked.push(performance.now() - started);
        else await new Promise((done) => setTimeout(done, ms));
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  assert(asked.length <= rate.burst + rate.perSecond * seconds);
  assert(asked.length >= rate.perSecond * seconds / 2, `${asked.length}`);
  assertEquals(await takeToken(given.database, "another"), 0);
});

Deno.test("a pause lets no effect begin, is on record, and ends", async () => {
  await using fleet = await fleetFolder(server);
  const task = fleet.task(...talking("long", 10, 300));
  const other = fleet.task(...talking("other", 4, 100));
  const [run = ""] = await fleet.submit([task], ["--tenant", "held"]);
  await fleet.submit([other]);
  fleet.worker();
  await fleet.until("max(lines) > 14");
  const pause = (verb: string) =>
    fleet.as("operator", ["fleet", verb, "--tenant", "held"]);
  assertEquals((await pause("pause")).stdout, "held: paused\n");
  await fleet.until(`bool_or(run_id = '${run}' and state = 'queued')`);
  const lines = () =>
    fleet.database.query(
      "select lines from fleet.run where run_id = $1",
      [run],
    );
  const before = await lines();
  await new Promise((done) => setTimeout(done, 2500));
  assertEquals(await lines(), before);
  const intents = await fleet.database.query(
    `select seq from fleet.ledger_line, fleet.pause
     where run_id = $1 and line like '%"tool_started"%' and at > since + interval '1 second'`,
    [run],
  );
  assertEquals(intents, []);
  // What had begun has its receipt.
  const begun = fleet.journal().filter(({ text }) => text.startsWith("long"));
  assertEquals(begun.at(-1)?.what, "end");
  // Others go on.
  await fleet.until("bool_or(run_id like 'other%' and state = 'finished')");
  assertEquals((await pause("unpause")).stdout, "held: not paused any more\n");
  await fleet.until(ALL_FINISHED);
  assertEquals(await fleet.exported(run), await fleet.local(task));
  assertEquals(
    await fleet.database.query(
      "select what, detail, by_role from fleet.operation order by id",
    ),
    [
      { what: "pause", detail: "held", by_role: "a_operator" },
      { what: "unpause", detail: "held", by_role: "a_operator" },
    ],
  );
  const incidents = await fleet.database.query(
    `select line from fleet.incident where run_id = $1 and line like '%"paused"%'`,
    [run],
  );
  assertEquals(incidents.length, 1);
});
