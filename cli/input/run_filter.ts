import type { RunEnd, RunSummary } from "../../evidence/archive/run_summary.ts";
import { RULE_IDS } from "../../policy/rule.ts";
import { TERMINAL_REASONS } from "../../runtime/record/vocabulary.ts";
import { choice } from "../command/choice.ts";
import type { CommandLine } from "../command/command_line.ts";
import { moment } from "./moment.ts";

/** The options by which some runs of an archive are chosen. */
export const RUN_FILTERS = ["rule", "tool", "terminal", "since", "until"];

const ENDS: readonly RunEnd[] = [...TERMINAL_REASONS, "waiting", "unfinished"];

/**
 * Reads which runs are wanted: all given conditions must hold.
 *
 * @throws {UsageError} for a rule, an end or a moment that cannot be
 */
export function runFilter(given: CommandLine): (run: RunSummary) => boolean {
  const rule = given.option(
    "rule",
    (id) => choice(id, { where: "Cannot use --rule", of: RULE_IDS }),
  );
  const terminal = given.option(
    "terminal",
    (end) => choice(end, { where: "Cannot use --terminal", of: ENDS }),
  );
  const tool = given.option("tool");
  const since = given.option("since", (text) => moment("since", text));
  const until = given.option("until", (text) => moment("until", text));
  return ({ denials, end, tools, started }) =>
    (rule === undefined || denials.some((each) => each.rule === rule)) &&
    (terminal === undefined || end === terminal) &&
    (tool === undefined || tools.includes(tool)) &&
    (since === undefined || started !== null && started >= since) &&
    (until === undefined || started !== null && started < until);
}
