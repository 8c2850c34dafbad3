import { hashSource } from "../page/hash_source.ts";
import { htmlText, oneLine } from "../../tools/data/untrusted_text.ts";
import { answersOf, checkOf, momentOf, summaryLine } from "./archive_text.ts";
import type { Count } from "../count_lines.ts";
import type { ArchiveTotals } from "./archive_totals.ts";
import type { RunSummary } from "./run_summary.ts";

/** A run of an index, and the name of the file beside it that shows it. */
export interface IndexedRun {
  readonly summary: RunSummary;
  /** Letters, digits, `.`, `_` and `-` only; `null` when the run has no report. */
  readonly report: string | null;
}

/**
 * Writes an archive as one HTML page that links the reports beside it. It has no
 * script; a browser takes nothing but its own style.
 */
export function archiveHtml(
  runs: readonly IndexedRun[],
  totals: ArchiveTotals,
): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${
      hashSource(STYLE)
    }; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    "<title>Runs</title>",
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    "<h1>Runs</h1>",
    `<p>${htmlText(summaryLine(totals))}</p>`,
    "<p>This page checks nothing: it states what the check came to when it was made. Each report checks its own record.</p>",
    "<main>",
    table(
      [
        "Began",
        "Run",
        "Task",
        "End",
        "Denied by",
        "Answers",
        "Tokens",
        "Cost",
        "Check",
      ],
      runs.map(rowOf),
    ),
    ...doubtful(totals),
    "<h2>Over time</h2>",
    table(
      ["Period", "Runs", "Denied", "Tokens"],
      totals.periods.map(({ period, runs, denials, tokens }) =>
        [period, runs, denials, tokens].map((cell) => text(String(cell)))
      ),
    ),
    ...counts("Ends", totals.by_end),
    ...counts("Denials by rule", totals.denials_by_rule),
    ...counts("Denials by clause", totals.denials_by_clause),
    ...counts("Denials by tool", totals.denials_by_tool),
    ...counts("Approved by", totals.approved_by),
    ...counts("Rejected by", totals.rejected_by),
    "</main>",
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function rowOf({ summary, report }: IndexedRun): readonly string[] {
  const { task, end, denials, tokens, cost, check } = summary;
  const name = text(summary.run);
  return [
    text(momentOf(summary)),
    report === null ? name : `<a href="${htmlText(report)}">${name}</a>`,
    text(task),
    text(end),
    text(
      denials.map(({ rule, clause, count }) =>
        `${clause === null ? rule : `${rule} ${clause}`}${
          count === 1 ? "" : ` ×${count}`
        }`
      ).join(", "),
    ),
    text(answersOf(summary)),
    text(String(tokens)),
    text(cost ?? "-"),
    `<span class="${check === "verified" ? "ok" : "other"}">${
      text(checkOf(summary))
    }</span>`,
  ];
}

function doubtful({ doubtful }: ArchiveTotals): readonly string[] {
  if (doubtful.length === 0) return [];
  return [
    "<h2>Look at</h2>",
    table(
      ["What", "Runs"],
      doubtful.map(({ kind, what, runs }) => [
        text(`${kind}: ${what}`),
        text(runs.join(", ")),
      ]),
    ),
  ];
}

function counts(title: string, given: readonly Count[]): readonly string[] {
  if (given.length === 0) return [];
  return [
    `<h2>${title}</h2>`,
    table(
      ["Which", "How many"],
      given.map(({ name, count }) => [text(name), text(String(count))]),
    ),
  ];
}

function text(given: string): string {
  return htmlText(oneLine(given, 500));
}

/** A table of cells that are HTML already. */
function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [
    "<table>",
    `<thead><tr>${
      heads.map((each) => `<th scope="col">${each}</th>`).join("")
    }</tr></thead>`,
    "<tbody>",
    ...rows.map((row) =>
      `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`
    ),
    "</tbody>",
    "</table>",
  ].join("\n");
}

const STYLE = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; max-width: 90rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border-bottom: 1px solid #8886; padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td:nth-child(2), td:nth-child(3), td:nth-child(5) { min-width: 6rem; overflow-wrap: anywhere; white-space: normal; }
a { color: LinkText; }
.ok { color: light-dark(#166534, #4ade80); }
.other { color: light-dark(#9f1239, #fda4af); font-weight: 600; }
`;
