import type { RunFinished } from "../../runtime/record/event.ts";
import { counted } from "../../tools/data/counted.ts";
import type { SpansExported } from "../../trace/otlp/span_export.ts";

/** Says how a run ended, for people: one line. */
export function describeEnd({ terminal_reason, totals }: RunFinished): string {
  const { steps, tool_calls, policy_checks, denials, attempts, cost } = totals;
  return `${terminal_reason} after ${counted(steps, "step")}: ` +
    `${counted(tool_calls, "tool call")}, ` +
    `${counted(policy_checks, "policy check")} (${denials} denied), ` +
    counted(attempts, "attempt") +
    (cost === undefined ? "" : `, ${cost ?? "cost unknown"}`);
}

/**
 * How a run ended, why it has no answer, and how many spans were sent, as
 * `--json` prints it.
 */
export function endOf(
  run: string,
  { terminal_reason, answer, totals }: RunFinished,
  { trouble, spans }: {
    readonly trouble?: string | undefined;
    readonly spans?: SpansExported | undefined;
  } = {},
) {
  return { run, terminal_reason, answer, trouble, totals, spans };
}
