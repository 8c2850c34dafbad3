import { join } from "../deps.ts";
import {
  ARCHIVE_COLUMNS,
  archiveRow,
} from "../evidence/archive/archive_csv.ts";
import { archiveHtml } from "../evidence/archive/archive_html.ts";
import { archiveText } from "../evidence/archive/archive_text.ts";
import { archiveTotals } from "../evidence/archive/archive_totals.ts";
import { reportNames } from "../evidence/archive/report_names.ts";
import {
  type RunCheck,
  type RunSummary,
  runSummary,
} from "../evidence/archive/run_summary.ts";
import { pendingApproval } from "../evidence/approval/pending_approval.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { makePageFolder, writePage } from "../evidence/store/page_file.ts";
import type { Verification } from "../evidence/verify/verify.ts";
import { counted } from "../tools/data/counted.ts";
import { InputError } from "../tools/data/input_error.ts";
import { useDigest } from "../tools/data/sha256.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import {
  namesDatabase,
  RUNS_IN_DATABASE_HELP,
  runsInDatabase,
} from "./fleet/runs_in_database.ts";
import { namedRuns } from "./input/named_runs.ts";
import { RUN_FILTERS, runFilter } from "./input/run_filter.ts";
import { refuseInsideRun, runPage } from "./input/run_page.ts";
import { verifiedRun } from "./input/verified_run.ts";
import { nativeDigest } from "./machine/native_digest.ts";

/** `runs`: what the runs below some folders did, and what they come to. */
export const runs: Command = {
  summary: "list the runs below a folder, and what they come to",
  help: `Usage: runs FOLDER... [--json | --csv | --html DIR] [--no-verify]
            [--rule ID] [--tool NAME] [--terminal REASON]
            [--since WHEN] [--until WHEN]

Lists every run below the folders in the order in which they began: when, how it
ended, how often it was denied something, who approved, tokens, cost, and whether
its record verifies. Then it adds them up: by end, rule, clause, tool, approver,
and day, or month where they span more than 31 days. At the end stands what
should be looked at: a record in two places, two records of one run, numbers that
are missing in a series of folders (out, out_2, out_4), days without a run. It
cannot prove that no run was removed.

Times are UTC, by the clocks of the runs: a scripted run has a virtual one.

  --rule ID          only runs in which this rule denied
  --tool NAME        only runs in which this tool was asked for
  --terminal REASON  only runs that ended so; or waiting, unfinished
  --since WHEN       only runs that began at this moment or later: 2026-11-22, or
                     2026-11-22T08:00:00Z
  --until WHEN       only runs that began before it
  --no-verify        do not check the records, and say so
  --json             print one JSON object: runs, totals, unreadable
  --csv              print a line of CSV for each run
  --html DIR         write DIR/index.html and beside it the report of each run.
                     Reports that are there are replaced

${RUNS_IN_DATABASE_HELP}

Exit codes: 0 the runs were listed, whatever checking them came to; 1 one cannot be
read, which does not keep the others from being listed, or a page cannot be
written.
`,
  async run(args, output) {
    if (namesDatabase(args)) return await runsInDatabase(args, output);
    useDigest(nativeDigest);
    const given = parseCommandLine(args, {
      options: ["html", ...RUN_FILTERS],
      flags: ["json", "csv", "no-verify"],
      operands: ["FOLDER..."],
    });
    const form = formOf(given);
    const wanted = runFilter(given);
    const found = await summaries(
      await namedRuns(given.operands, output),
      { output, verifies: !given.flag("no-verify") },
    );
    const chosen = found.runs.filter(({ summary }) => wanted(summary))
      .sort((a, b) => order(a.summary, b.summary));
    const html = given.option("html");
    const code = html === undefined
      ? EXIT.ok
      : await writePages(html, chosen, output);
    if (html === undefined) {
      print(chosen.map(({ summary }) => summary), {
        form,
        unreadable: found.unreadable,
        output,
      });
    }
    return found.code === EXIT.ok ? code : found.code;
  },
};

/** A run and what an archive shows of it. */
interface Summed {
  readonly record: RunRecord;
  readonly summary: RunSummary;
}

/** A run that cannot be read, and why. */
interface Unreadable {
  readonly run: string;
  readonly error: string;
}

async function summaries(
  records: readonly RunRecord[],
  { output, verifies }: {
    readonly output: Output;
    readonly verifies: boolean;
  },
) {
  const runs: Summed[] = [];
  const unreadable: Unreadable[] = [];
  const code = await eachRun(records, {
    output,
    async look(record) {
      try {
        runs.push({ record, summary: await summaryOf(record, verifies) });
      } catch (error) {
        if (error instanceof InputError) {
          unreadable.push({ run: record.name, error: error.message });
        }
        throw error;
      }
      return EXIT.ok;
    },
  });
  return { runs, unreadable, code };
}

async function summaryOf(
  record: RunRecord,
  verifies: boolean,
): Promise<RunSummary> {
  const ledger = await record.ledger();
  const waits = pendingApproval(ledger) !== undefined;
  const found = verifies ? await verifiedRun(record) : undefined;
  return runSummary(ledger.events, {
    run: record.name,
    head: ledger.head,
    waits,
    check: checkOf(found),
    findings: [...new Set(found?.findings.map(({ code }) => code))],
  });
}

function checkOf(found: Verification | undefined): RunCheck {
  if (found === undefined) return "unchecked";
  const { findings, waitsFor } = found;
  if (findings.length === 0) return "verified";
  if (findings.some(({ code }) => code !== "run_unfinished")) return "findings";
  return waitsFor === null ? "unfinished" : "waiting";
}

/** By when they began, those without a date last, then by name. */
function order(a: RunSummary, b: RunSummary): number {
  if (a.started !== b.started) {
    if (a.started === null || b.started === null) {
      return a.started === null ? 1 : -1;
    }
    return a.started < b.started ? -1 : 1;
  }
  return a.run < b.run ? -1 : 1;
}

/** How an archive is printed. */
type Form = "text" | "json" | "csv";

function formOf(given: CommandLine): Form {
  const forms = ["json", "csv", "html"].filter((each) =>
    given.flag(each) || given.option(each) !== undefined
  );
  if (forms.length > 1) {
    throw new UsageError(
      `Cannot use ${forms.map((each) => `--${each}`).join(" and ")} at once`,
    );
  }
  return given.flag("json") ? "json" : given.flag("csv") ? "csv" : "text";
}

function print(
  runs: readonly RunSummary[],
  { form, unreadable, output }: {
    readonly form: Form;
    readonly unreadable: readonly Unreadable[];
    readonly output: Output;
  },
): void {
  if (form === "csv") {
    output.data(ARCHIVE_COLUMNS);
    for (const run of runs) output.data(archiveRow(run));
    return;
  }
  const totals = archiveTotals(runs);
  if (form === "json") {
    output.json({ runs, totals, unreadable });
    return;
  }
  for (const line of archiveText(runs, totals)) output.data(line);
}

/** Writes an index and a report for each run; a run that cannot be shown is in the index all the same. */
async function writePages(
  folder: string,
  runs: readonly Summed[],
  output: Output,
): Promise<number> {
  for (const { record } of runs) {
    refuseInsideRun(folder, { run: record.name, option: "--html" });
  }
  makePageFolder(folder);
  const names = reportNames(runs.map(({ summary }) => summary.run));
  const reports = new Map<RunRecord, string>();
  const code = await eachRun([...runs.entries()], {
    output,
    async look([index, { record }]) {
      const name = names[index] ?? "";
      const { html } = await runPage(record);
      writePage(join(folder, name), html);
      reports.set(record, name);
      return EXIT.ok;
    },
  });
  const indexed = runs.map(({ record, summary }) => ({
    summary,
    report: reports.get(record) ?? null,
  }));
  const totals = archiveTotals(runs.map(({ summary }) => summary));
  const index = join(folder, "index.html");
  writePage(index, archiveHtml(indexed, totals));
  output.data(
    `${terminalLine(index)}: ${counted(runs.length, "run")}, ${
      counted(reports.size, "report")
    }`,
  );
  return code;
}
