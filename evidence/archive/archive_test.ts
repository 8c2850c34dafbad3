import { assertEquals } from "@std/assert";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { archiveText } from "./archive_text.ts";
import { archiveTotals, costsOf } from "./archive_totals.ts";
import { reportNames } from "./report_names.ts";
import { type RunSummary, runSummary } from "./run_summary.ts";

function summary(given: Partial<RunSummary>): RunSummary {
  return {
    run: "out",
    run_id: "out",
    task: "task",
    policy: "0123456789ab",
    model: "scripted/x",
    started: "2026-11-22T00:00:00Z",
    took_ms: 1,
    end: "final_answer",
    steps: 1,
    tool_calls: 0,
    tokens: 1,
    cost: null,
    tools: [],
    denials: [],
    answers: [],
    check: "verified",
    findings: [],
    head: given.run ?? "out",
    ...given,
  };
}

Deno.test("reportNames() gives each run one name of a file, and none is index.html", () => {
  assertEquals(
    reportNames(["a/x y", "b/X-y", "c/index", "../..", "d/\u202eé/", "x-y_2"]),
    [
      "x-y.html",
      "X-y_2.html",
      "index_2.html",
      "run.html",
      "run_2.html",
      "x-y_2_2.html",
    ],
  );
});

Deno.test("costsOf() adds each currency on its own, exactly", () => {
  assertEquals(
    costsOf(["0.10 EUR", "0.000000001 EUR", "999999999999.90 USD", "0.20 EUR"]),
    ["0.300000001 EUR", "999999999999.90 USD"],
  );
});

Deno.test("archiveTotals() counts by days up to 31, by months beyond", () => {
  const periods = (last: string) =>
    archiveTotals([
      summary({ started: "2026-10-31T23:59:59Z", tokens: 2 }),
      summary({ started: `${last}T00:00:00Z`, tokens: 3 }),
    ]).periods.map(({ period, runs, tokens }) => [period, runs, tokens]);
  assertEquals(periods("2026-11-30"), [
    ["2026-10-31", 1, 2],
    ["2026-11-30", 1, 3],
  ]);
  assertEquals(periods("2026-12-01"), [["2026-10", 1, 2], ["2026-12", 1, 3]]);
  assertEquals(archiveTotals([]).periods, []);
});

Deno.test("archiveTotals() takes a folder with a number for one of a series only beside others", () => {
  const gaps = (...runs: readonly string[]) =>
    archiveTotals(runs.map((run) => summary({ run, run_id: run })))
      .doubtful.map((each) => each.runs);
  assertEquals(gaps("out_3"), []);
  assertEquals(gaps("out", "out_3"), [["out", "out_3"]]);
  assertEquals(gaps("out_3", "out_4", "out_2"), []);
  assertEquals(gaps("a/out_3", "b/out_7"), []);
  assertEquals(gaps("out", "out_2", "out_10"), [["out_2", "out_10"]]);
});

Deno.test("archiveTotals() leaves runs without a date out of what is told by days", () => {
  const runs = [
    summary({ run: "a", started: null }),
    summary({ run: "b", started: "2026-11-22T00:00:00Z" }),
  ];
  const { periods, doubtful } = archiveTotals(runs);
  assertEquals(periods.map(({ period }) => period), ["2026-11-22"]);
  assertEquals(doubtful.map(({ kind }) => kind), ["duplicate"]);
  assertEquals(
    [...archiveText(runs, archiveTotals(runs))][1]?.startsWith("- "),
    true,
  );
});

for (
  const ts of ["9".repeat(30), String(BigInt(Date.UTC(10000, 0)) * 1_000_000n)]
) {
  Deno.test(`runSummary() gives a run whose clock reads ${ts} no date`, async () => {
    const events = await rehearse(REHEARSALS.one_call());
    const { started } = runSummary(
      events.map((event) => ({ ...event, ts })),
      { run: "a", head: "0", waits: false, check: "unchecked", findings: [] },
    );
    assertEquals(started, null);
  });
}
