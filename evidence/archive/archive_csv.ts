import { csvCell } from "../../tools/data/untrusted_text.ts";
import type { RunSummary } from "./run_summary.ts";

/** The columns of `archiveRow`, as the first line of a file. */
export const ARCHIVE_COLUMNS =
  "run,run_id,task,policy,model,started,took_ms,end,steps,tool_calls,tokens,cost,denials,denied_by,approved_by,rejected_by,check,findings,head";

/** Writes a run as a line of CSV; what occurs several times is joined by spaces. */
export function archiveRow(run: RunSummary): string {
  const { denials, answers } = run;
  const by = (verdict: string) =>
    words(answers.flatMap((each) => each.verdict === verdict ? each.by : []));
  return [
    run.run,
    run.run_id,
    run.task,
    run.policy,
    run.model,
    run.started ?? "",
    run.took_ms,
    run.end,
    run.steps,
    run.tool_calls,
    run.tokens,
    run.cost ?? "",
    denials.reduce((sum, { count }) => sum + count, 0),
    words(
      denials.map(({ rule, clause }) =>
        clause === null ? rule : `${rule}:${clause}`
      ),
    ),
    by("approved"),
    by("rejected"),
    run.check,
    words(run.findings),
    run.head,
  ].map((cell) => csvCell(String(cell))).join(",");
}

function words(names: readonly string[]): string {
  return [...new Set(names)].join(" ");
}
