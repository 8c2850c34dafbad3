import type {
  AttemptFinished,
  PolicyChecked,
  RecordedError,
  RunEvent,
  RunFinished,
  RunStarted,
} from "../../runtime/record/event.ts";
import { NOBODY } from "../../policy/answer.ts";
import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import { FAILURE_MODES } from "../../runtime/record/failure.ts";
import type { TextProjection } from "../../trace/text_projection.ts";
import { counted } from "../../tools/data/counted.ts";
import { codeBlock, codeCell, name, table } from "./markdown.ts";
import { recordedRedaction } from "./recorded_redaction.ts";

/** How much of a URL or a path a row shows. */
const MAX_TARGET_LENGTH = 100;

/** How many rows a report has at the most; a long run has all of them in its trace. */
const MAX_ROWS = 200;

/** What became of one proposed call, or of a step that proposed none. */
interface Row {
  readonly step: number;
  readonly tool: string;
  /** Verdicts of the policy and of a person, in order. */
  readonly decisions: string[];
  readonly attempts: string[];
  outcome: string;
}

/**
 * Writes the report that a person reads first. It is a projection of the
 * events, like the trace, and holds nothing else, but for what the policy of the
 * run wants left out of it; the number of its rows is bounded.
 */
export function runReport(): TextProjection {
  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  let redaction: Redaction = {};
  let redact = redactor();
  const timeline = callTimeline();
  return {
    push(recorded) {
      if (recorded.type === "run_started") {
        redaction = recordedRedaction(recorded);
        redact = redactor(redaction);
      }
      const event = redact(recorded);
      if (event.type === "run_started") started = event;
      if (event.type === "run_finished") finished = event;
      timeline.push(event);
      return "";
    },
    end() {
      if (started === undefined || finished === undefined) {
        throw new RangeError("Cannot report on a run that is not finished");
      }
      return [
        `# Run ${name(started.run_id)}`,
        headline(finished),
        "## Question",
        codeBlock(started.task.question),
        ...finished.answer === null
          ? []
          : ["## Answer", codeBlock(finished.answer)],
        "## What happened",
        timeline.table(),
        ...timeline.troubles(),
        "## Under which conditions",
        conditions(started, redaction),
        "## In numbers",
        numbers(finished),
      ].join("\n\n") + "\n";
    },
  };
}

function headline({ terminal_reason, totals }: RunFinished): string {
  const { steps, denials } = totals;
  return `Ended with \`${terminal_reason}\` after ${counted(steps, "step")}: ${
    ENDINGS[terminal_reason]
  }. ${
    denials === 0
      ? "The policy denied nothing."
      : `The policy denied ${denials === 1 ? "once" : `${denials} times`}.`
  }`;
}

const ENDINGS = {
  final_answer: "the model gave its answer",
  loop_budget: "a limit of the policy was used up",
  policy_denial_terminal: "the policy denied what the model proposed",
  failure_mode_terminal: "a failure that the run could not survive",
  cancelled: "the run was cancelled from outside",
} as const;

function conditions(run: RunStarted, redaction: Redaction): string {
  const { llm, corpus, policy, task } = run;
  const { patterns = [], paths = [] } = redaction;
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
    ...patterns.length + paths.length === 0 ? [] : [[
      "Left out",
      `what ${counted(patterns.length, "pattern")} and ${
        counted(paths.length, "path")
      } of the policy match; the ledger has it`,
    ]],
  ]);
}

function numbers({ totals }: RunFinished): string {
  return table(["what", "how many"], [
    ["Steps", String(totals.steps)],
    ["Model calls", String(totals.llm_calls)],
    ["Tokens", String(totals.tokens)],
    ["Policy checks", String(totals.policy_checks)],
    ["Denials", String(totals.denials)],
    ["Tool calls", String(totals.tool_calls)],
    ["Attempts", String(totals.attempts)],
  ]);
}

interface CallTimeline {
  push(event: RunEvent): void;
  table(): string;
  /** A section on what went wrong; nothing when nothing did. */
  troubles(): readonly string[];
}

/** Collects a row a call, and what went wrong, up to a limit each. */
function callTimeline(): CallTimeline {
  const rows = bounded<Row>();
  const troubles = bounded<string>();
  let row: Row | undefined;
  /** The last allowed try of the model that failed; told of when the run went on all the same. */
  let outage: AttemptFinished | undefined;
  /** What a person has answered on; the next check is about the same call. */
  let answered: Row | undefined;

  function open(step: number, tool: string): Row {
    row = { step, tool, decisions: [], attempts: [], outcome: "" };
    rows.add(row);
    return row;
  }

  function check(event: PolicyChecked): void {
    const here = answered ?? open(event.step, callCell(event));
    answered = undefined;
    const rule = event.rule_id === null ? "" : ` \`${event.rule_id}\``;
    here.decisions.push(`${event.decision}${rule}`);
    if (event.decision !== "allow") here.outcome = "did not run";
    if (event.decision !== "deny") return;
    const what = event.tool === null ? "" : `${codeCell(event.tool)} `;
    troubles.add(
      `Step ${event.step}: ${what}denied by${rule}: ${
        codeCell(event.reason ?? "")
      }`,
    );
  }

  function fail(step: number, error: RecordedError | null, what: string): void {
    if (error === null) return;
    troubles.add(
      `Step ${step}: ${what}, ${codeCell(error.type)}: ${
        codeCell(error.message)
      }`,
    );
  }

  return {
    push(event) {
      switch (event.type) {
        case "llm_completed":
          outage = undefined;
          fail(event.step, event.error, "the model failed");
          if (event.error !== null) {
            open(event.step, "").outcome = "model failed";
          }
          if (event.answer !== null) {
            open(event.step, "").outcome = "final answer";
          }
          return;
        case "policy_checked":
          return check(event);
        case "approval_resolved":
          row?.decisions.push(
            event.approver === NOBODY
              ? "nobody approved it"
              : `${event.verdict} by ${codeCell(event.approver)}`,
          );
          answered = row;
          return;
        case "attempt_finished":
          if (outage !== undefined) {
            fail(outage.step, outage.error, `attempt ${outage.attempt} failed`);
            outage = undefined;
          }
          if (event.call_id === null && event.outcome === "exhausted") {
            outage = event;
          }
          if (event.call_id !== null) {
            row?.attempts.push(`\`${event.outcome}\``);
          }
          if (event.outcome === "transient_failure") {
            fail(event.step, event.error, `attempt ${event.attempt} failed`);
          }
          return;
        case "tool_finished":
          if (row !== undefined) {
            row.outcome = event.error === null ? "ran" : "failed";
          }
          fail(event.step, event.error, "the tool failed");
          return;
        case "step_finished": {
          const mode = FAILURE_MODES.find(({ id }) =>
            id === event.failure_mode
          );
          if (mode === undefined) return;
          troubles.add(
            `Step ${event.step}: ${mode.code} \`${mode.id}\`: ${mode.meaning}`,
          );
        }
      }
    },
    table() {
      const cells = rows.items.map((each) => [
        String(each.step),
        each.tool,
        each.decisions.join(", "),
        each.attempts.join(", "),
        each.outcome,
      ]);
      const text = table(
        ["step", "call", "decision", "attempts", "outcome"],
        cells,
      );
      return text + rows.rest("row");
    },
    troubles() {
      if (troubles.items.length === 0) return [];
      const list = troubles.items.map((text) => `- ${text}`).join("\n");
      return ["## What went wrong", list + troubles.rest("problem")];
    },
  };
}

/** The tool that was proposed, and the URL or the path that it is to touch. */
function callCell({ tool, metadata }: PolicyChecked): string {
  if (tool === null) return "";
  const target = metadata.url ?? metadata.target_path;
  if (typeof target !== "string") return codeCell(tool);
  const shown = target.length > MAX_TARGET_LENGTH
    ? `${target.slice(0, MAX_TARGET_LENGTH)}…`
    : target;
  return `${codeCell(tool)} ${codeCell(shown)}`;
}

/** A list that keeps its first items and counts the others. */
function bounded<T>() {
  const items: T[] = [];
  let left = 0;
  return {
    items,
    add(item: T): void {
      if (items.length < MAX_ROWS) items.push(item);
      else left += 1;
    },
    rest(noun: string): string {
      return left === 0
        ? ""
        : `\n\nThe trace has what is left out here: ${
          counted(left, `more ${noun}`)
        }.`;
    },
  };
}
