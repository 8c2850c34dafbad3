import { effectOf } from "../../runtime/record/effect_of.ts";
import { NOBODY } from "../../policy/answer.ts";
import type {
  LlmCompleted,
  PolicyChecked,
  RunEvent,
} from "../../runtime/record/event.ts";
import { openCalls } from "../open_calls.ts";
import { boundedList } from "./bounded_list.ts";
import { codeCell, table } from "./markdown.ts";
import { secondsOf } from "./run_clock.ts";

/** How much of a URL or a path a row shows. */
const MAX_TARGET_LENGTH = 100;

/** The outcome of one proposed call, or of a step without one. */
interface Row {
  readonly step: number;
  /** When it began, in milliseconds after the run did. */
  readonly atMs: number;
  readonly tool: string;
  /** Verdicts of the policy and of a person, in order. */
  readonly decisions: string[];
  readonly attempts: string[];
  outcome: string;
}

/** Collects one row for each call, up to a limit. */
export interface CallRows {
  /** Takes the next event, with its time after the first one. */
  push(event: RunEvent, atMs: number): void;
  /** All of them; with `times`, when each began. */
  table(options: { readonly times: boolean }): string;
}

/** Starts with no rows. */
export function callRows(): CallRows {
  const rows = boundedList<Row>();
  const calls = openCalls();
  /** The newest row of each call that is under way; that of the step has no number. */
  const newest = new Map<number | undefined, Row>();
  return {
    push(event, atMs) {
      if (event.type === "step_started") newest.clear();
      const { occasion } = calls.push(event);
      const row = newest.get(event.call);
      // A verdict after a person's answer belongs to the row that has the answer.
      const isAnswered = event.type === "policy_checked" &&
        event.call_id !== null && occasion === "answered";
      const opened = isAnswered && row !== undefined
        ? undefined
        : rowFor(event, atMs);
      if (opened !== undefined) {
        rows.add(opened);
        newest.set(event.call, opened);
      }
      const told = opened ?? row;
      if (told !== undefined) tell(told, event);
    },
    table({ times }) {
      const cells = rows.items.map((each) => [
        String(each.step),
        ...times ? [secondsOf(each.atMs)] : [],
        each.tool,
        each.decisions.join(", "),
        each.attempts.join(", "),
        each.outcome,
      ]);
      const text = table(
        [
          "step",
          ...times ? ["at"] : [],
          ...["call", "decision", "attempts", "outcome"],
        ],
        cells,
      );
      return text + rows.rest("row");
    },
  };
}

/** The row that an event opens, if it opens one. */
function rowFor(event: RunEvent, atMs: number): Row | undefined {
  const isNew = event.type === "policy_checked" ||
    event.type === "llm_completed" && endOf(event) !== undefined;
  if (!isNew) return undefined;
  const tool = event.type === "policy_checked" ? callCell(event) : "";
  const { step } = event;
  return { step, atMs, tool, decisions: [], attempts: [], outcome: "" };
}

/** Writes an event into the row of its call. */
function tell(row: Row, event: RunEvent): void {
  switch (event.type) {
    case "llm_completed":
      row.outcome = endOf(event) ?? row.outcome;
      return;
    case "policy_checked": {
      const rule = event.rule_id === null ? "" : ` \`${event.rule_id}\``;
      const audited = event.enforced === false ? ", not enforced" : "";
      row.decisions.push(`${event.decision}${rule}${audited}`);
      if (effectOf(event) !== "allow") row.outcome = "did not run";
      return;
    }
    case "approval_resolved":
      row.decisions.push(
        event.approver === NOBODY
          ? "nobody approved it"
          : `${event.verdict} by ${codeCell(event.approver)}`,
      );
      return;
    case "attempt_finished":
      if (event.call_id !== null) row.attempts.push(`\`${event.outcome}\``);
      return;
    case "tool_finished":
      row.outcome = event.error === null ? "ran" : "failed";
  }
}

/** How a model's answer ends its step; `undefined` when calls follow. */
function endOf({ answer, error }: LlmCompleted): string | undefined {
  if (answer !== null) return "final answer";
  return error === null ? undefined : "model failed";
}

/** The proposed tool, with the URL or path of the call. */
function callCell({ tool, metadata }: PolicyChecked): string {
  if (tool === null) return "";
  const target = metadata.url ?? metadata.target_path;
  if (typeof target !== "string") return codeCell(tool);
  const shown = target.length > MAX_TARGET_LENGTH
    ? `${target.slice(0, MAX_TARGET_LENGTH)}…`
    : target;
  return `${codeCell(tool)} ${codeCell(shown)}`;
}
