import { RULE_IDS } from "../../policy/rule.ts";
import { counted } from "../../tools/data/counted.ts";
import { csvCell, oneLine } from "../../tools/data/untrusted_text.ts";
import { countLines } from "../count_lines.ts";
import { decidingSide, type FlipTotal, flipTotals } from "./flip_totals.ts";
import type { Flip } from "./redecide.ts";
import { verdictText } from "./verdict_text.ts";

/** A run that was judged again under another policy. */
export interface JudgedRun {
  /** As its reader named it. */
  readonly run: string;
  /** Path of its record. */
  readonly ledger: string;
  /** How many decisions were judged again. */
  readonly decisions: number;
  readonly flips: readonly Flip[];
}

/** How many flips of one rule are listed. */
const MAX_LISTED = 10;

/**
 * Says for people what a policy would change in some runs: how many decisions, by
 * what, and then the decisions themselves, rule by rule, the first ten of each.
 */
export function* judgedRunsText(
  runs: readonly JudgedRun[],
  policyVersion: string,
): Generator<string> {
  const flips = runs.flatMap((run) => run.flips);
  const decisions = runs.reduce((sum, run) => sum + run.decisions, 0);
  yield `${counted(runs.length, "run")}, ${counted(decisions, "decision")}: ${
    changing(flips.length)
  } under policy ${policyVersion}`;
  if (flips.length > 1) {
    const { by_change, by_rule, by_clause, by_tool } = flipTotals(flips);
    yield* totalLines("by change", by_change);
    yield* totalLines("by rule", by_rule);
    yield* totalLines("by clause", by_clause);
    yield* totalLines("by tool", by_tool);
    yield "";
  }
  const rows = runs.flatMap(({ ledger, flips }) =>
    flips.map((flip) => ({ ledger, flip }))
  );
  for (const rule of RULE_IDS) {
    const ofRule = rows.filter(({ flip }) =>
      decidingSide(flip).rule_id === rule
    );
    for (const { ledger, flip } of ofRule.slice(0, MAX_LISTED)) {
      yield `${oneLine(ledger, 500)}:${flip.seq + 1}: ${flipText(flip)}`;
    }
    const left = ofRule.length - MAX_LISTED;
    if (left > 0) {
      yield `(${left} more by ${rule}; --json and --csv have all of them)`;
    }
  }
}

function changing(flips: number): string {
  return flips === 0
    ? "no decision would change"
    : `${counted(flips, "decision")} would change`;
}

function* totalLines(
  title: string,
  totals: readonly FlipTotal[],
): Generator<string> {
  yield* countLines(
    title,
    totals.map(({ name, flips }) => ({ name, count: flips })),
  );
}

function flipText({ step, tool, was, is }: Flip): string {
  const who = tool === null ? "the run" : oneLine(tool);
  const why = is.reason === null ? "" : `: ${oneLine(is.reason, 500)}`;
  return `step ${step}, ${who}: ${verdictText(was)} → ${verdictText(is)}${why}`;
}

/** The columns of `flipRows`, as the first line of a file. */
export const FLIP_COLUMNS =
  "run,line,step,tool,call_id,was,was_rule,was_clauses,is,is_rule,is_clauses,reason";

/** Writes each decision that would change as a line of CSV. */
export function* flipRows({ run, flips }: JudgedRun): Generator<string> {
  for (const { seq, step, tool, call_id, was, is } of flips) {
    yield [
      run,
      String(seq + 1),
      String(step),
      tool ?? "",
      call_id ?? "",
      was.decision,
      was.rule_id ?? "",
      was.clauses.join(" "),
      is.decision,
      is.rule_id ?? "",
      is.clauses.join(" "),
      is.reason ?? "",
    ].map(csvCell).join(",");
  }
}
