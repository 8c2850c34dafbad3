/**
 * What operators have: metrics, health and retention.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { cluster } from "./cluster.ts";
import { filesOf, fleetFolder } from "./fleet_folder.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const ALL_FINISHED = "bool_and(state = 'finished')";

function talking(text: string) {
  return [[{ tool: "note", args: { text } }]];
}

/** A collector that keeps what it gets, by the path. */
function collector() {
  const got: { path: string; body: string }[] = [];
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const path = new URL(request.url).pathname;
      got.push({ path, body: await request.text() });
      return new Response("{}");
    },
  );
  return {
    url: `http://127.0.0.1:${listening.addr.port}`,
    at: (path: string) =>
      got.filter((each) => each.path === path).map(({ body }) => body),
    [Symbol.asyncDispose]: () => listening.shutdown(),
  };
}

Deno.test("a worker sends the spans of its runs, and metrics of the fleet", async () => {
  await using fleet = await fleetFolder(server);
  await using there = collector();
  await fleet.submit([fleet.task("one", talking("hi"))], ["--tenant", "blue"]);
  const worker = fleet.worker(["--otlp", there.url]);
  await fleet.until(ALL_FINISHED);
  worker.kill("SIGTERM");
  assertEquals((await worker.status).code, 0, fleet.said());
  const spans = there.at("/v1/traces").join("");
  const traces = new Set(spans.match(/"traceId":"[0-9a-f]{32}"/g));
  assertEquals(traces.size, 1);
  const sent = there.at("/v1/metrics").at(-1) ?? "{}";
  const { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] } = JSON.parse(
    sent,
  );
  const named = (name: string) =>
    metrics.find((each: { name: string }) => each.name === name);
  assertEquals(
    named("fleet.runs").gauge.dataPoints.map((point: object) => ({
      ...point,
      timeUnixNano: undefined,
      startTimeUnixNano: undefined,
    })),
    [{
      asDouble: 1,
      attributes: [
        { key: "state", value: { stringValue: "finished" } },
        { key: "tenant", value: { stringValue: "blue" } },
      ],
      timeUnixNano: undefined,
      startTimeUnixNano: undefined,
    }],
  );
  const [append] = named("fleet.append.duration").histogram.dataPoints;
  assert(Number(append.count) >= 2, sent);
  for (
    const name of [
      "fleet.queue.depth",
      "fleet.queue.oldest_wait",
      "fleet.runs.stuck",
    ]
  ) {
    assertEquals(named(name).gauge.dataPoints[0].asDouble, 0, name);
  }
  assertEquals(named("fleet.takeovers").sum.dataPoints[0].asInt, "0");
});

Deno.test("a collector that is away stops nothing", async () => {
  await using fleet = await fleetFolder(server);
  await fleet.submit([fleet.task("one", talking("hi"))]);
  const worker = fleet.worker(["--otlp", "http://127.0.0.1:1"]);
  await fleet.until(ALL_FINISHED);
  worker.kill("SIGTERM");
  assertEquals((await worker.status).code, 0, fleet.said());
  assertStringIncludes(fleet.said(), "metrics not sent: the connection failed");
});

Deno.test("fleet health says when somebody should look", async () => {
  await using fleet = await fleetFolder(server);
  const health = (...more: readonly string[]) =>
    fleet.as("reader", ["fleet", "health", ...more]);
  const [run = ""] = await fleet.submit([fleet.task("one", talking("hi"))]);
  assertEquals((await health()).code, 0);
  await fleet.database.query(
    "update fleet.run set not_before = now() - interval '10 minutes'",
  );
  const late = await health();
  assertEquals(late.code, 2);
  assertStringIncludes(
    late.stdout,
    "queued  default  1\nready: 1, the first for 600 s\n",
  );
  assertStringIncludes(
    late.stderr,
    "a run has been ready for 600 s: are there workers",
  );
  assertEquals((await health("--max-wait", "3000")).code, 0);
  await fleet.database.query("update fleet.run set state = 'stuck'");
  const stuck = JSON.parse((await health("--json")).stdout);
  assertEquals([stuck.stuck, stuck.troubles.length], [1, 1]);
  assertEquals(
    (await fleet.as("operator", ["runs", "retry", run, "--db", "env"])).code,
    0,
  );
});

Deno.test("fleet prune writes and verifies what it deletes", async () => {
  await using fleet = await fleetFolder(server);
  const tasks = ["old", "bad", "new"].map((id) => fleet.task(id, talking(id)));
  const [old = "", bad = "", young = ""] = await fleet.submit(tasks);
  fleet.worker();
  await fleet.until(ALL_FINISHED);
  await fleet.database.query(
    "update fleet.run set finished_at = now() - interval '400 days' where run_id <> $1",
    [young],
  );
  // Somebody with the rights of an owner has changed a line.
  await fleet.database.query(
    "update fleet.ledger_line set line = replace(line, 'It is done', 'It was done') where run_id = $1",
    [bad],
  );
  const before = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const prune = () =>
    fleet.as("owner", [
      ...["fleet", "prune", "--before", before, "--out", fleet.place("kept")],
    ]);
  const pruned = await prune();
  assertEquals(pruned.code, 1);
  assertEquals(pruned.stdout, `${fleet.place("kept")}/${old}\n`);
  assertStringIncludes(pruned.stderr, "so the run stays in the database");
  assertEquals(
    await fleet.database.query("select run_id from fleet.run order by 1"),
    [{ run_id: bad }, { run_id: young }],
  );
  const lines = await fleet.database.query(
    "select from fleet.ledger_line where run_id = $1",
    [old],
  );
  assertEquals(lines, []);
  assertEquals(
    filesOf(join(fleet.place("kept"), old)),
    await fleet.local(tasks[0] ?? ""),
  );
  // Nobody else may delete anything.
  const refused = await fleet.as("operator", [
    ...[
      "fleet",
      "prune",
      "--before",
      "2030-01-01",
      "--out",
      fleet.place("other"),
    ],
  ]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "permission denied");
});
