/**
 * What submitters say of their runs: when, how urgent and by which name.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const ALL_FINISHED = "bool_and(state = 'finished')";

type Fleet = Awaited<ReturnType<typeof fleetFolder>>;

function talking(fleet: Fleet, id: string): string {
  return fleet.task(id, [[{ tool: "note", args: { text: id } }]]);
}

function runs(fleet: Fleet, columns: string, order = "run_id") {
  return fleet.database.query(
    `select ${columns} from fleet.run order by ${order}`,
  );
}

Deno.test("a run does not begin before its time", async () => {
  await using fleet = await fleetFolder(server);
  const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 4000);
  const moment = at.toISOString().replace(".000", "");
  await fleet.submit([talking(fleet, "later")], ["--at", moment]);
  await fleet.submit([talking(fleet, "now")]);
  fleet.worker();
  await fleet.until(ALL_FINISHED);
  const begun = fleet.journal().filter(({ what }) => what === "begin");
  assertEquals(begun.map(({ text }) => text), ["now", "later"]);
  const late = begun.find(({ text }) => text === "later")?.at ?? 0;
  assert(late >= at.getTime(), `${late - at.getTime()} ms`);
});

Deno.test("runs with a higher priority are executed first", async () => {
  await using fleet = await fleetFolder(server);
  const ids = ["low0", "low1", "low2"];
  await fleet.submit(ids.map((id) => talking(fleet, id)));
  await fleet.submit([talking(fleet, "least")], ["--priority=-1"]);
  await fleet.submit([talking(fleet, "high")], ["--priority", "5"]);
  fleet.worker(["--concurrency", "1"]);
  await fleet.until(ALL_FINISHED);
  const order = fleet.journal().filter(({ what }) => what === "begin")
    .map(({ text }) => text);
  assertEquals(order, ["high", ...ids, "least"]);
});

Deno.test("a run has the name that it is given, once", async () => {
  await using fleet = await fleetFolder(server);
  const [one, two] = [talking(fleet, "one"), talking(fleet, "two")];
  const submit = (...args: readonly string[]) =>
    fleet.as("submitter", ["submit", "--tools", "journal", ...args]);
  const named = await submit(one, "--id", "mine");
  assertEquals(named, { code: 0, stdout: "mine\n", stderr: "" });
  const taken = await submit(two, "--id", "mine");
  assertEquals([taken.code, taken.stdout], [1, ""]);
  assertStringIncludes(taken.stderr, "mine: there is such a run already");
  const both = await submit(one, two, "--id", "other");
  assertStringIncludes(both.stderr, "--id is the id of one run");
  const [{ run } = { run: "" }] = (await submit(two, "--json")).stdout.trim()
    .split("\n").map((line) => JSON.parse(line));
  // All are added, or none: the second of these is there already.
  const again = await submit(talking(fleet, "three"), two);
  assertEquals(again.code, 1);
  assertEquals(await runs(fleet, "run_id"), [
    { run_id: "mine" },
    { run_id: run },
  ]);
  fleet.worker();
  await fleet.until(ALL_FINISHED);
  const ledger = (await fleet.exported("mine")).get("state.jsonl") ?? "";
  assertStringIncludes(ledger, '"run_id":"mine"');
});
