import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
  RunEvent,
  StepFinished,
  ToolFinished,
} from "../../runtime/record/event.ts";
import { FAILURE_MODES } from "../../runtime/record/failure.ts";
import { boundedList } from "./bounded_list.ts";
import { codeCell } from "./markdown.ts";

/** Collects what went wrong, up to a limit. */
export interface Troubles {
  push(event: RunEvent): void;
  /** A section on what went wrong; empty when nothing did. */
  section(): readonly string[];
}

/** Starts without a problem. */
export function troubles(): Troubles {
  const list = boundedList<string>();
  /**
   * The last allowed try of the model, when it failed; it is a problem of its
   * own when the run continued.
   */
  let outage: AttemptFinished | undefined;
  function add(text: string | undefined): void {
    if (text !== undefined) list.add(text);
  }
  return {
    push(event) {
      if (event.type === "attempt_finished" && outage !== undefined) {
        add(failed(outage, `attempt ${outage.attempt} failed`));
      }
      outage = outageAfter(outage, event);
      add(troubleIn(event));
    },
    section() {
      if (list.items.length === 0) return [];
      const text = list.items.map((each) => `- ${each}`).join("\n");
      return ["## What went wrong", text + list.rest("problem")];
    },
  };
}

function outageAfter(
  outage: AttemptFinished | undefined,
  event: RunEvent,
): AttemptFinished | undefined {
  if (event.type === "llm_completed") return undefined;
  if (event.type !== "attempt_finished") return outage;
  const isOut = event.call_id === null && event.outcome === "exhausted";
  return isOut ? event : undefined;
}

/** What went wrong according to one event. */
function troubleIn(event: RunEvent): string | undefined {
  switch (event.type) {
    case "llm_completed":
      return failed(event, "the model failed");
    case "policy_checked":
      return effectOf(event) === "deny" ? denied(event) : undefined;
    case "attempt_finished":
      return event.outcome === "transient_failure"
        ? failed(event, `attempt ${event.attempt} failed`)
        : undefined;
    case "tool_finished":
      return failed(event, "the tool failed");
    case "step_finished":
      return failureModeOf(event);
  }
}

function failed(
  { step, error }: LlmCompleted | AttemptFinished | ToolFinished,
  what: string,
): string | undefined {
  return error === null
    ? undefined
    : `Step ${step}: ${what}, ${codeCell(error.type)}: ${
      codeCell(error.message)
    }`;
}

function denied({ step, tool, rule_id, reason }: PolicyChecked): string {
  const what = tool === null ? "" : `${codeCell(tool)} `;
  const rule = rule_id === null ? "" : ` \`${rule_id}\``;
  return `Step ${step}: ${what}denied by${rule}: ${codeCell(reason ?? "")}`;
}

function failureModeOf(
  { step, failure_mode }: StepFinished,
): string | undefined {
  const mode = FAILURE_MODES.find(({ id }) => id === failure_mode);
  return mode === undefined
    ? undefined
    : `Step ${step}: ${mode.code} \`${mode.id}\`: ${mode.meaning}`;
}
