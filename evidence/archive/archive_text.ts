import { counted } from "../../tools/data/counted.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import { countLines } from "../count_lines.ts";
import type { ArchiveTotals } from "./archive_totals.ts";
import type { RunSummary } from "./run_summary.ts";

/** How many doubtful places are listed. */
const MAX_LISTED = 10;

/** Lists an archive for people: a line a run, then what they come to. */
export function* archiveText(
  runs: readonly RunSummary[],
  totals: ArchiveTotals,
): Generator<string> {
  if (runs.length > 0) {
    yield* columns([
      ["began", "end", "denied", "answers", "tokens", "cost", "check", "run"],
      ...runs.map(rowOf),
    ]);
    yield "";
  }
  yield summaryLine(totals);
  yield* countLines("ended", totals.by_end);
  yield* countLines("checked", totals.by_check);
  yield* countLines("denials by rule", totals.denials_by_rule);
  yield* countLines("denials by clause", totals.denials_by_clause);
  yield* countLines("denials by tool", totals.denials_by_tool);
  yield* countLines("approved by", totals.approved_by);
  yield* countLines("rejected by", totals.rejected_by);
  if (totals.periods.length > 1) {
    yield "over time";
    yield* columns([
      ["", "period", "runs", "denied", "tokens"],
      ...totals.periods.map(({ period, runs, denials, tokens }) => [
        "",
        period,
        String(runs),
        String(denials),
        String(tokens),
      ]),
    ]);
  }
  if (totals.doubtful.length > 0) yield "look at";
  for (const { kind, what, runs } of totals.doubtful.slice(0, MAX_LISTED)) {
    yield `  ${kind}: ${oneLine(what, 200)}: ${
      runs.slice(0, MAX_LISTED).map((run) => oneLine(run)).join(", ")
    }`;
  }
  const left = totals.doubtful.length - MAX_LISTED;
  if (left > 0) yield `  (${left} more; --json has all of them)`;
}

function rowOf(run: RunSummary): readonly string[] {
  const denied = run.denials.reduce((sum, { count }) => sum + count, 0);
  return [
    momentOf(run),
    run.end,
    String(denied),
    answersOf(run),
    String(run.tokens),
    oneLine(run.cost ?? "-"),
    checkOf(run),
    oneLine(run.run, 500),
  ];
}

/** `2026-11-22 00:00:00`; `-` where the clock of the run has no date. */
export function momentOf({ started }: RunSummary): string {
  return started?.replace("T", " ").replace("Z", "") ?? "-";
}

/** `2 approved, 1 rejected`. */
export function answersOf({ answers }: RunSummary): string {
  const words = (["approved", "rejected"] as const).flatMap((verdict) => {
    const given = answers.filter((each) => each.verdict === verdict);
    return given.length === 0 ? [] : [`${given.length} ${verdict}`];
  });
  return words.length === 0 ? "-" : words.join(", ");
}

/** What the check came to; the codes of what it found. */
export function checkOf({ check, findings }: RunSummary): string {
  return check === "findings" ? findings.join(" ") : check;
}

/** `22 runs, 1 verified…`: what all runs come to, in one line. */
export function summaryLine(
  { runs, tokens, costs, without_cost }: ArchiveTotals,
): string {
  const cost = costs.length === 0
    ? ""
    : `, ${costs.map((each) => oneLine(each)).join(" + ")}${
      without_cost === 0
        ? ""
        : ` and ${counted(without_cost, "run")} of unknown cost`
    }`;
  return `${counted(runs, "run")}, ${tokens} tokens${cost}`;
}

/** Rows whose cells begin below each other. */
function* columns(rows: readonly (readonly string[])[]): Generator<string> {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0))
  );
  for (const row of rows) {
    yield row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")
      .trimEnd();
  }
}
