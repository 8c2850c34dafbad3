import type { RunFinished, RunStarted } from "../../runtime/record/event.ts";
import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import type { TextProjection } from "../../trace/text_projection.ts";
import { counted } from "../../tools/data/counted.ts";
import { callRows } from "./call_rows.ts";
import { codeBlock, codeCell, name, table } from "./markdown.ts";
import { recordedRedaction } from "./recorded_redaction.ts";
import { troubles } from "./troubles.ts";

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
  const [rows, problems] = [callRows(), troubles()];
  return {
    push(recorded) {
      if (recorded.type === "run_started") {
        redaction = recordedRedaction(recorded);
        redact = redactor(redaction);
      }
      const event = redact(recorded);
      if (event.type === "run_started") started = event;
      if (event.type === "run_finished") finished = event;
      rows.push(event);
      problems.push(event);
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
        rows.table(),
        ...problems.section(),
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

function costCell(cost: string | null): string {
  return cost === null
    ? "unknown: an answer has no price in the policy"
    : codeCell(cost);
}

function numbers({ totals }: RunFinished): string {
  return table(["what", "how many"], [
    ["Steps", String(totals.steps)],
    ["Model calls", String(totals.llm_calls)],
    ["Tokens", String(totals.tokens)],
    ...totals.cost === undefined ? [] : [["Cost", costCell(totals.cost)]],
    ["Policy checks", String(totals.policy_checks)],
    ["Denials", String(totals.denials)],
    ["Tool calls", String(totals.tool_calls)],
    ["Attempts", String(totals.attempts)],
  ]);
}
