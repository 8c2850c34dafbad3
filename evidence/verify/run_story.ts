import { effectOf } from "../../runtime/record/effect_of.ts";
import type { RunEvent, RunStarted } from "../../runtime/record/event.ts";
import { spanIds } from "../../trace/span_id.ts";
import type { StoryCheck } from "./event_check.ts";
import type { FindingCode } from "./finding.ts";
import type { ReadLine, ReportLine } from "./ledger_reader.ts";
import type { PolicyReader } from "./policy_reader.ts";
import { allowedCalls } from "./story/allowed_calls.ts";
import { answers } from "./story/answers.ts";
import { attempts } from "./story/attempts.ts";
import { clockCheck } from "./story/clock_check.ts";
import { eventOrder } from "./story/event_order.ts";
import { inputHashes } from "./story/input_hashes.ts";
import { modelCheck } from "./story/model_check.ts";
import { outcome } from "./story/outcome.ts";
import { recount } from "./story/recount.ts";

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

/** Of a line the first fault is told, so the most telling checks come first. */
export const EVENT_CHECKS: readonly StoryCheck[] = [
  { start: inputHashes, shares: null },
  { start: answers, shares: "how an answer is bound, named and worded" },
  { start: allowedCalls, shares: "how a call is hashed" },
  { start: attempts, shares: "the error of a call whose outcome is unknown" },
  { start: eventOrder, shares: "which keys make a line one of version 2" },
  { start: outcome, shares: "the catalogue of failure modes" },
  {
    start: recount,
    shares: "how the tokens of an answer are added up and priced",
  },
  { start: clockCheck, shares: null },
  { start: modelCheck, shares: "the errors of a model that gives no answer" },
];

/**
 * Checks that the events are those of one run. Behind a line that is missing or
 * cannot be read, what depends on the whole run is not judged any more, and
 * everything else again from the next step on.
 */
export function runStory(
  report: ReportLine,
  { mayEnd, policies, decisions }: {
    /** Whether the ledger of an unfinished run is expected. */
    readonly mayEnd: boolean;
    readonly policies: PolicyReader | undefined;
    /** The check that makes every decision again; `undefined` when none does. */
    readonly decisions: StoryCheck | undefined;
  },
): RunStory {
  const checks = [
    ...EVENT_CHECKS,
    ...decisions === undefined ? [] : [decisions],
  ]
    .map(({ start }) => start(policies));
  let started: RunStarted | undefined;
  let finished = false;
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
    if (finished) {
      if (!exceeded && !gap) {
        const message = "the run has ended before this line";
        report("line_after_end", { line, message });
      }
      exceeded = true;
      return;
    }
    if (event.type === "run_started") started ??= event;
    if (event.type === "run_finished") finished = true;
    for (const check of checks) {
      for (const { code, message, line: other } of check.push(event)) {
        const at = other === undefined
          ? { line, span: spanOf(event) }
          : { line: other };
        report(code, { ...at, message });
        if (DISORDER.includes(code)) lose();
      }
    }
  }

  function lose(): void {
    whole = false;
    for (const check of checks) check.lose();
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
      if (finished || unreadable || mayEnd) return;
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
  return event?.type === "policy_checked" && effectOf(event) === "escalate"
    ? event.tool ?? undefined
    : undefined;
}
