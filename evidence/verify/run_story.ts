import { sha256Text } from "../../tools/data/sha256.ts";
import type { RunEvent, RunStarted } from "../../runtime/record/event.ts";
import { spanIds } from "../../trace/span_id.ts";
import { allowedCalls } from "./story/allowed_calls.ts";
import { eventOrder } from "./story/event_order.ts";
import type { ReadLine, ReportLine } from "./ledger_reader.ts";
import type { FindingCode } from "./finding.ts";
import { outcome } from "./story/outcome.ts";
import { recount } from "./story/recount.ts";
import { clockCheck } from "./story/clock_check.ts";
import { decidedAgain } from "./decisions/decided_again.ts";
import { modelCheck } from "./story/model_check.ts";

/** Follows the story that the events of a ledger tell. */
export interface RunStory {
  push(read: ReadLine): void;
  /** Looks at how the ledger ends; `lines` is how many it has. */
  end(lines: number): void;
  /** The first event of the run, once it has come. */
  readonly started: RunStarted | undefined;
  /**
   * Tool of the call that the last line leaves to a person; `undefined` when it
   * leaves none, or when the story up to there is not that of a run.
   */
  readonly waitsFor: string | undefined;
  /** Whether it ends where the model could not be asked, each allowed try included. */
  readonly isOut: boolean;
}

/**
 * Checks that the events are those of one run. Behind a line that is missing or
 * cannot be read, what depends on the whole run is not judged any more, and
 * everything else again from the next step on.
 */
export function runStory(
  report: ReportLine,
  { mayEnd, redecide }: {
    /** Whether the ledger of an unfinished run is expected. */
    readonly mayEnd: boolean;
    /** Whether every decision is made again. */
    readonly redecide: boolean;
  },
): RunStory {
  const order = eventOrder();
  const calls = allowedCalls();
  const [totals, ends] = [recount(), outcome()];
  const checks = [
    clockCheck(),
    modelCheck(),
    ...redecide ? [decidedAgain()] : [],
  ];
  let started: RunStarted | undefined;
  let whole = true;
  /** Whether a line follows the end of the run. */
  let exceeded = false;
  let waitsFor: string | undefined;
  let isOut = false;
  /** Whether the last line cannot be read. */
  let unreadable = false;

  /** The span that a line gives its name to, if it does. */
  function spanOf(event: RunEvent): string | undefined {
    if (started === undefined || !SPANS.includes(event.type)) return undefined;
    return spanIds(started).spanId(event);
  }

  function follow(event: RunEvent, line: number, gap: boolean): void {
    if (order.finished) {
      if (!exceeded && !gap) {
        const message = "the run has ended before this line";
        report("line_after_end", { line, message });
      }
      exceeded = true;
      return;
    }
    if (event.type === "run_started" && started === undefined) {
      started = event;
      for (const message of inputFaults(event)) {
        report("wrong_input_hash", { line, message });
      }
    }
    const faults = [calls.push(event), order.push(event)]
      .filter((fault) => fault !== undefined);
    for (const fault of faults) {
      report(fault.code, { line, span: spanOf(event), ...fault });
      if (DISORDER.includes(fault.code)) lose();
    }
    if (whole) judgeWhole(event);
    // Of a line the first fault is told, so the most telling checks come first.
    for (const check of checks) {
      for (const fault of check.push(event)) {
        report(fault.code, { line, span: spanOf(event), ...fault });
      }
    }
  }

  function lose(): void {
    whole = false;
    order.lose();
    calls.lose();
    for (const check of checks) check.lose();
  }

  function judgeWhole(event: RunEvent): void {
    totals.push(event);
    for (const { event: { seq }, message } of ends.push(event)) {
      report("wrong_outcome", { line: seq + 1, message });
    }
    if (event.type !== "run_finished") return;
    for (const message of totals.compare(event)) {
      report("wrong_totals", { line: event.seq + 1, message });
    }
  }

  return {
    push({ line, event, gap }) {
      if (gap) lose();
      unreadable = event === undefined;
      if (event !== undefined) follow(event, line, gap);
      waitsFor = whole ? escalatedTool(event) : undefined;
      isOut = whole && event?.type === "attempt_finished" &&
        event.call_id === null && event.outcome === "exhausted";
    },
    end(lines) {
      if (order.finished || unreadable || mayEnd) return;
      const message = lines === 0
        ? "the ledger is empty"
        : "the ledger ends here, and the run has not finished";
      report("run_incomplete", { line: Math.max(1, lines), message });
    },
    get started() {
      return started;
    },
    get waitsFor() {
      return waitsFor;
    },
    get isOut() {
      return isOut;
    },
  };
}

/** After these it is unknown what belongs to what. */
const DISORDER: readonly FindingCode[] = ["event_order", "no_receipt"];

/** Events whose line gives a span its id. */
const SPANS: readonly RunEvent["type"][] = [
  "step_started",
  "llm_completed",
  "policy_checked",
  "tool_started",
  "attempt_finished",
];

function escalatedTool(event: RunEvent | undefined): string | undefined {
  return event?.type === "policy_checked" && event.decision === "escalate"
    ? event.tool ?? undefined
    : undefined;
}

function inputFaults({ task, policy }: RunStarted): readonly string[] {
  const found = {
    task: sha256Text(task.text),
    policy: sha256Text(policy.text),
  };
  const version = policy.sha256.slice(0, 12);
  return [
    ...found.task === task.sha256 ? [] : [
      `the text of the task has the SHA-256 ${found.task}; recorded is ${task.sha256}`,
    ],
    ...found.policy === policy.sha256 ? [] : [
      `the text of the policy has the SHA-256 ${found.policy}; recorded is ${policy.sha256}`,
    ],
    ...version === policy.version ? [] : [
      `the version of the policy is ${policy.version}; by its hash it is ${version}`,
    ],
  ];
}
