import type {
  AttemptFinished,
  EventHead,
  LlmCompleted,
  PolicyChecked,
  RecordedError,
  RunStarted,
  StepFinished,
  StepStarted,
  ToolFinished,
  ToolStarted,
} from "../runtime/record/event.ts";
import { FAILURE_MODES } from "../runtime/record/failure.ts";
import { type Attributes, type Span, SPAN_KIND } from "./span.ts";
import { spanIds } from "./span_id.ts";

type Line = Pick<EventHead, "seq" | "step">;

/** Where a span comes from and when it was open. */
interface Extent {
  /** The ledger line that names the span. */
  readonly line: Line;
  readonly parent?: Line | undefined;
  readonly start: string;
  readonly end: string;
}

/** What is combined with a tool call's receipt. */
interface CallContext {
  readonly step: StepStarted | undefined;
  readonly intent: ToolStarted | undefined;
  readonly allowedBy: PolicyChecked | undefined;
}

/** Makes the spans of one run, one function for each kind of span. */
export interface SpanFactory {
  agentStep(event: StepFinished, step: StepStarted | undefined): Span;
  llmCall(event: LlmCompleted, step: StepStarted | undefined): Span;
  policyCheck(event: PolicyChecked, step: StepStarted | undefined): Span;
  toolCall(event: ToolFinished, context: CallContext): Span;
  retryAttempt(event: AttemptFinished, parent: Line | undefined): Span;
}

/** Starts a factory: the ids of all its spans derive from the run's id and seed. */
export function spanFactory(run: RunStarted): SpanFactory {
  const { traceId, spanId } = spanIds(run);

  function base({ line, parent, start, end }: Extent, attributes: Attributes) {
    return {
      traceId,
      spanId: spanId(line),
      parentSpanId: parent === undefined ? undefined : spanId(parent),
      kind: SPAN_KIND.internal,
      start,
      end,
      attributes: {
        "agent.run_id": run.run_id,
        "agent.step_index": line.step,
        ...attributes,
      },
    };
  }

  return {
    agentStep(event, step = { ...event, type: "step_started" }) {
      const mode = FAILURE_MODES.find(({ id }) => id === event.failure_mode);
      return {
        ...base({ line: step, start: step.ts, end: event.ts }, {
          "agent.failure_mode": mode?.id,
        }),
        name: "agent_step",
        error: mode?.ends == null ? undefined : mode.meaning,
      };
    },

    llmCall(event, step) {
      const { usage, finish_reason, error, started_at: start, ts: end } = event;
      return {
        ...base({ line: event, parent: step, start, end }, {
          "agent.llm.execution_path": run.llm.execution_path,
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": run.llm.provider,
          "gen_ai.request.model": run.llm.model,
          "gen_ai.response.model": event.answered_by,
          "gen_ai.usage.input_tokens": usage?.input_tokens,
          "gen_ai.usage.output_tokens": usage?.output_tokens,
          "gen_ai.response.finish_reasons": finish_reason === null
            ? undefined
            : [finish_reason],
          "error.type": error?.type,
        }),
        name: "llm_call",
        kind: SPAN_KIND.client,
        error: textOf(error),
      };
    },

    policyCheck(event, step) {
      const { decision, rule_id, reason, started_at: start, ts: end } = event;
      const metadata = Object.entries(event.metadata).map(([key, value]) =>
        [`policy.${key}`, value] as const
      );
      return {
        ...base({ line: event, parent: step, start, end }, {
          "agent.policy.decision": decision,
          "agent.policy.rule_id": rule_id ?? undefined,
          "agent.policy.enforced": event.enforced,
          "policy.version": run.policy.version,
          "agent.tool_name": event.tool ?? undefined,
          ...Object.fromEntries(metadata),
          "error.type": decision === "deny" ? rule_id ?? undefined : undefined,
        }),
        name: "policy_check",
        error: decision === "deny" ? reason || "denied" : undefined,
      };
    },

    toolCall(event, { step, intent, allowedBy }) {
      const { error, call_id, tool } = event;
      const line = intent ?? event;
      return {
        ...base({ line, parent: step, start: line.ts, end: event.ts }, {
          "agent.tool_name": tool,
          "agent.tool.exception_class": error?.exception_class,
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": tool,
          "gen_ai.tool.call.id": call_id,
          "gen_ai.tool.type": "function",
          "error.type": error?.type,
        }),
        name: "tool_call",
        error: textOf(error),
        link: allowedBy?.call_id === call_id ? spanId(allowedBy) : undefined,
      };
    },

    retryAttempt(event, parent) {
      const { error, started_at: start, ts: end } = event;
      return {
        ...base({ line: event, parent, start, end }, {
          "agent.retry.attempt": event.attempt,
          "agent.retry.outcome": event.outcome,
          "agent.retry.backoff_ms": event.backoff_ms,
          "error.type": error?.type,
        }),
        name: "retry_attempt",
        error: textOf(error),
      };
    },
  };
}

/** The status message of an error: its message, or its type when that is empty. */
function textOf(error: RecordedError | null): string | undefined {
  return error === null ? undefined : error.message || error.type;
}
