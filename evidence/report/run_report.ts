import type {
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../runtime/record/event.ts";
import { versionOfRecord } from "../../runtime/record/record_version.ts";
import type { TextProjection } from "../../trace/text_projection.ts";
import { counted } from "../../tools/data/counted.ts";
import { type CallReview, callReview } from "./call_review.ts";
import { callRows } from "./call_rows.ts";
import { codeBlock, codeCell, name, table } from "./markdown.ts";
import {
  NO_REDACTION,
  type ReadRedaction,
  type ReportRedaction,
} from "./report_redaction.ts";
import { type RunClock, runClock, secondsOf } from "./run_clock.ts";
import { type TimeSpent, timeSpent } from "./time_spent.ts";
import { troubles } from "./troubles.ts";

/**
 * Writes the report that a person reads first. It is a projection of the
 * events, like the trace, and holds nothing else, but for what the policy of the
 * run wants left out of it, which `redactionOf` reads; the number of its rows is
 * bounded.
 */
export function runReport(redactionOf: ReadRedaction): TextProjection {
  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  let redaction = NO_REDACTION;
  const [rows, problems] = [callRows(), troubles()];
  const [clock, spent, used] = [runClock(), timeSpent(), tokensUsed()];
  /** A report on a record of version 1 is what it was when that was made. */
  let review: CallReview | undefined;
  return {
    push(recorded) {
      if (recorded.type === "run_started") {
        const { text: policyText } = recorded.policy;
        redaction = redactionOf(policyText);
        review = versionOfRecord(recorded) === 1
          ? undefined
          : callReview({ content: redaction.content, policyText });
      }
      const event = redaction.redact(recorded);
      if (event.type === "run_started") started = event;
      if (event.type === "run_finished") finished = event;
      const atMs = clock.push(recorded);
      rows.push(event, atMs);
      problems.push(event);
      review?.push(event, recorded, atMs);
      spent.push(event, atMs);
      used.push(event);
      return "";
    },
    end() {
      if (started === undefined || finished === undefined) {
        throw new RangeError("Cannot report on a run that is not finished");
      }
      return [
        `# Run ${name(started.run_id)}`,
        ...started.mode === "audit" ? [AUDITED] : [],
        headline(finished),
        ...review === undefined
          ? []
          : [`${duration(clock, spent)}${costSentence(finished)}`],
        "## Question",
        codeBlock(started.task.question),
        ...finished.answer === null
          ? []
          : ["## Answer", codeBlock(finished.answer)],
        "## What happened",
        rows.table({ times: review !== undefined }),
        ...review?.section() ?? [],
        ...problems.section(),
        "## Under which conditions",
        conditions(started, redaction),
        "## In numbers",
        numbers(finished, review === undefined ? undefined : used),
      ].join("\n\n") + "\n";
    },
  };
}

function headline({ terminal_reason, reason, totals }: RunFinished): string {
  const { steps, denials } = totals;
  return `Ended with \`${terminal_reason}\` after ${counted(steps, "step")}: ${
    ENDINGS[terminal_reason]
  }${reason === undefined ? "" : `, and says: ${codeCell(reason)}`}. ${
    denials === 0
      ? "The policy denied nothing."
      : `The policy denied ${denials === 1 ? "once" : `${denials} times`}.`
  }`;
}

const AUDITED =
  "**Audited, not enforced.** Decisions were recorded as the policy makes them, and calls ran all the same, but for those that could not run or would have passed a wall of the program's own.";

const ENDINGS = {
  final_answer: "the model gave its answer",
  loop_budget: "a limit of the policy was used up",
  policy_denial_terminal: "the policy denied what the model proposed",
  failure_mode_terminal: "a failure that the run could not survive",
  cancelled: "the run was cancelled from outside",
  session_closed: "the client closed its session",
} as const;

function conditions(
  run: RunStarted,
  { patterns, paths }: ReportRedaction,
): string {
  const { llm, corpus, policy, task } = run;
  return table(["what", "which"], [
    ["Task", `${codeCell(task.id)}, SHA-256 \`${task.sha256}\``],
    ["Policy", `version \`${policy.version}\``],
    [
      "Model",
      `${codeCell(`${llm.provider}/${llm.model}`)}, \`${llm.execution_path}\`` +
      (llm.script_sha256 === null
        ? ""
        : `, script SHA-256 \`${llm.script_sha256}\``),
    ],
    [
      "Corpus",
      `${counted(corpus.documents, "document")}, SHA-256 \`${corpus.sha256}\``,
    ],
    ["Tools", run.tools.map(({ name }) => codeCell(name)).join(", ")],
    ["Seed", String(run.seed)],
    run.runtime_version === undefined
      ? ["Record", `version ${run.v}`]
      : ["Runtime", name(run.runtime_version)],
    ...patterns + paths === 0 ? [] : [[
      "Left out",
      `what ${counted(patterns, "pattern")} and ${
        counted(paths, "path")
      } of the policy match; the ledger has it`,
    ]],
  ]);
}

/** What the run cost, where its policy has prices. */
function costSentence({ totals: { cost } }: RunFinished): string {
  if (cost === undefined) return "";
  return cost === null
    ? " What it cost is unknown."
    : ` It cost ${codeCell(cost)}.`;
}

const NO_PRICES = "not counted: the policy has no prices";

function costCell(cost: string | null): string {
  return cost === null
    ? "unknown: an answer has no price in the policy"
    : codeCell(cost);
}

/** When the run was, and where its time went. */
function duration(
  { began, tookMs, isVirtual }: RunClock,
  { parties }: TimeSpent,
): string {
  if (isVirtual) {
    return `It took ${
      secondsOf(tookMs)
    } of a virtual clock, which began at ${began} and moves 1 ms with each reading: its times tell the order, and neither the day nor how long anything took.`;
  }
  const where = parties.map(([party, ms]) => `${party} ${secondsOf(ms)}`);
  return `It began at ${began} and took ${secondsOf(tookMs)}${
    where.length === 0 ? "" : `: ${where.join(", ")}`
  }.`;
}

/** The tokens that answers report, by their kind. */
interface TokensUsed {
  push(event: RunEvent): void;
  /** `900 given, 100 written`; empty when no answer reported any. */
  readonly text: string;
}

function tokensUsed(): TokensUsed {
  let [given, written] = [0, 0];
  return {
    push(event) {
      if (event.type !== "llm_completed" || event.usage === null) return;
      const { input_tokens, output_tokens, reasoning_tokens = 0 } = event.usage;
      given += input_tokens;
      written += output_tokens + reasoning_tokens;
    },
    get text() {
      return given + written === 0
        ? ""
        : `: ${given} given, ${written} written`;
    },
  };
}

/** `used` is left out of reports on records of version 1. */
function numbers(
  { totals }: RunFinished,
  used: TokensUsed | undefined,
): string {
  const cost = totals.cost === undefined
    ? used === undefined ? [] : [["Cost", NO_PRICES]]
    : [["Cost", costCell(totals.cost)]];
  return table(["what", "how many"], [
    ["Steps", String(totals.steps)],
    ["Model calls", String(totals.llm_calls)],
    ["Tokens", `${totals.tokens}${used?.text ?? ""}`],
    ...cost,
    ["Policy checks", String(totals.policy_checks)],
    ["Denials", String(totals.denials)],
    ["Tool calls", String(totals.tool_calls)],
    ["Attempts", String(totals.attempts)],
  ]);
}
