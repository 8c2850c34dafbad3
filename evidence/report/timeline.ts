import { NOBODY } from "../../policy/answer.ts";
import type { RunEvent, RunTotals } from "../../runtime/record/event.ts";
import { counted } from "../../tools/data/counted.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import { openCalls } from "../open_calls.ts";

/** One thing that a run did. */
export interface TimelineEntry {
  /** Number of the event, which is its line less one. */
  readonly seq: number;
  /** Milliseconds from the start of the run, by its clock. */
  readonly at_ms: number;
  /** Milliseconds that it took; `null` when its beginning is not on record. */
  readonly took_ms: number | null;
  /** The loop's turn, from 1; 0 before the first one. */
  readonly step: number;
  /** What kind of thing: `run`, `model`, `tools`, `allow`, `deny`, `escalate`, `person`, `call`, `attempt`, `result`, `step`, `end`. */
  readonly what: string;
  /** For people, on one line. */
  readonly text: string;
}

/** A timeline that grows with its run. */
export interface GrowingTimeline {
  /** Takes the next event; returns its entry, which the beginning of a step or a call does not have. */
  push(event: RunEvent): TimelineEntry | undefined;
}

/** Lists what a run did in order: one entry for each event except the beginning of a step and of a call. */
export function timeline(
  events: readonly RunEvent[],
): readonly TimelineEntry[] {
  const { push } = growingTimeline();
  return events.map(push).filter((entry) => entry !== undefined);
}

/** Begins a timeline with the first event of a run. */
export function growingTimeline(): GrowingTimeline {
  let start: bigint | undefined;
  const calls = openCalls();
  let stepBegan: string | undefined;
  return {
    push(event) {
      start ??= BigInt(event.ts);
      const call = calls.push(event);
      if (event.type === "step_started") stepBegan = event.ts;
      const since = "started_at" in event
        ? event.started_at
        : event.type === "tool_finished"
        ? call.intent?.ts
        : event.type === "step_finished"
        ? stepBegan
        : undefined;
      const told = tell(event);
      if (told === undefined) return undefined;
      const took = since === undefined ? null : milliseconds(event.ts, since);
      return {
        seq: event.seq,
        at_ms: milliseconds(event.ts, start),
        took_ms: took,
        step: event.step,
        what: told[0],
        text: took === null ? told[1] : `${told[1]} (${took} ms)`,
      };
    },
  };
}

function tell(event: RunEvent): readonly [string, string] | undefined {
  switch (event.type) {
    case "run_started":
      return [
        "run",
        `${oneLine(event.run_id)}: ${
          oneLine(event.task.question)
        } [policy ${event.policy.version}, ${
          oneLine(`${event.llm.provider}/${event.llm.model}`)
        }${event.mode === "audit" ? ", audited and not enforced" : ""}]`,
      ];
    case "tools_changed": {
      const names = event.tools.map(({ name }) => name);
      const said = [
        ...names.length === 0 ? [] : [`new or changed: ${names.join(", ")}`],
        ...event.removed.length === 0
          ? []
          : [`gone: ${event.removed.join(", ")}`],
      ];
      return ["tools", oneLine(said.join("; "))];
    }
    case "step_started":
    case "call_proposed":
      return undefined;
    case "llm_completed": {
      const { usage, calls, answer, error } = event;
      const tokens = usage === null
        ? ""
        : `, ${usage.input_tokens} + ${usage.output_tokens} tokens`;
      const said = error !== null
        ? oneLine(`${error.type}: ${error.message}`)
        : answer !== null
        ? `answers: ${oneLine(answer)}`
        : `proposes ${oneLine(calls.map(({ tool }) => tool).join(", "))}`;
      const by = event.answered_by === undefined
        ? ""
        : `, by ${oneLine(event.answered_by)}`;
      return ["model", said + tokens + by];
    }
    case "policy_checked": {
      const { decision, tool, rule_id, reason, enforced } = event;
      const why = rule_id === null
        ? ""
        : ` by ${rule_id}: ${oneLine(reason ?? "")}`;
      const audited = enforced === false ? " (not enforced)" : "";
      const who = tool === null ? "the run" : oneLine(tool);
      return [decision, `${who}${why}${audited}`];
    }
    case "approval_resolved":
      return [
        "person",
        event.approver === NOBODY
          ? "nobody approved it"
          : `${oneLine(event.approver)}: ${event.verdict}`,
      ];
    case "tool_started":
      return [
        "call",
        `${oneLine(event.tool)} ${oneLine(JSON.stringify(event.args))}`,
      ];
    case "attempt_finished": {
      const { attempt, outcome, backoff_ms, error } = event;
      const wait = backoff_ms === 0 ? "" : `, again in ${backoff_ms} ms`;
      const why = error === null ? "" : `: ${oneLine(error.message)}`;
      return ["attempt", `${attempt} ${outcome}${why}${wait}`];
    }
    case "tool_finished":
      return ["result", resultOf(event)];
    case "step_finished":
      return ["step", event.failure_mode ?? "done"];
    case "run_finished":
      return [
        "end",
        `${event.terminal_reason} after ${
          counted(event.totals.steps, "step")
        }, ${event.totals.tokens} tokens${costWords(event.totals)}${
          event.reason === undefined ? "" : `: ${oneLine(event.reason)}`
        }`,
      ];
  }
}

function costWords({ cost }: RunTotals): string {
  if (cost === undefined) return "";
  return cost === null ? ", cost unknown" : `, ${oneLine(cost)}`;
}

function resultOf(
  { error, redirect, result }: Extract<RunEvent, { type: "tool_finished" }>,
): string {
  if (error !== null) return oneLine(`${error.type}: ${error.message}`);
  return redirect === null
    ? oneLine(JSON.stringify(result))
    : `is redirected to ${oneLine(JSON.stringify(redirect))}`;
}

function milliseconds(at: string, since: string | bigint): number {
  return Number(BigInt(at) - BigInt(since)) / 1_000_000;
}
