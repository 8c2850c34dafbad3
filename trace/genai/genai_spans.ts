import { contentRedactor } from "../../policy/redaction/content_redaction.ts";
import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import type {
  LlmCompleted,
  RecordedTool,
  RunEvent,
  RunStarted,
} from "../../runtime/record/event.ts";
import type { Attributes, Span, SpansOfEvents } from "../span.ts";
import { spanIds } from "../span_id.ts";
import { spanProjection } from "../span_projection.ts";
import { agentName, agentSpan } from "./agent_span.ts";
import { approvalSpans } from "./approval_spans.ts";
import { openInference } from "./conventions.ts";
import { type SpanContent, spanContent } from "./span_content.ts";

/** What exported spans may have. */
export interface GenaiOptions {
  /** What the policy leaves out. Default: nothing. */
  readonly redaction?: Redaction | undefined;
  /**
   * Whether they have what the model was told and said, and what tools were given
   * and gave back. Default: no.
   */
  readonly content?: boolean | undefined;
}

/**
 * Turns the events of a run into spans for backends that know generative AI: those
 * of `trace.json` with the names and attributes of OpenTelemetry's conventions and
 * OpenInference's kinds, the waits for persons, and the whole run as their root,
 * which is complete with the last event. It takes events as they are on record, and
 * leaves out itself what the policy redacts.
 *
 * The function that it returns throws a `RangeError` when the first event is not
 * `run_started`.
 */
export function genaiSpans(
  { redaction, content = false }: GenaiOptions = {},
): SpansOfEvents {
  const project = spanProjection();
  const redact = redactor(redaction);
  let make: ReturnType<typeof spansOfRun> | undefined;
  return (recorded) => {
    const event = redact(recorded);
    const spans = project(event);
    if (event.type === "run_started") {
      make = spansOfRun(
        event,
        content ? spanContent(event, contentRedactor(redaction)) : undefined,
      );
    }
    return make?.({ event, recorded, spans }) ?? [];
  };
}

/** An event, and the spans of `trace.json` that it completes. */
interface Completed {
  /** Without what the policy leaves out. */
  readonly event: RunEvent;
  /** As it is on record. */
  readonly recorded: RunEvent;
  readonly spans: readonly Span[];
}

function spansOfRun(started: RunStarted, content: SpanContent | undefined) {
  const root = spanIds(started).spanId(started);
  const approvals = approvalSpans(started);
  const tools = new Map<string, RecordedTool>();
  const ofAgent: Attributes = {
    "gen_ai.conversation.id": started.run_id,
    "gen_ai.agent.name": agentName(started),
  };

  function take(list: readonly RecordedTool[]): void {
    for (const tool of list) tools.set(tool.name, tool);
  }

  /** What a span has instead of, or beside, what `trace.json` says. */
  function changed(
    span: Span,
    event: RunEvent,
  ): Partial<Span<string>> & { readonly attributes: Attributes } {
    switch (span.name) {
      case "agent_step":
        return { parentSpanId: root, attributes: openInference("CHAIN") };
      case "llm_call":
        return {
          name: named("chat", started.llm.model),
          attributes: {
            ...ofAgent,
            ...event.type === "llm_completed" ? usageOf(event) : {},
            ...settingsOf(started),
            ...openInference("LLM"),
          },
        };
      case "policy_check":
        return { attributes: openInference("GUARDRAIL") };
      case "tool_call": {
        const tool = event.type === "tool_finished" ? event.tool : "";
        return {
          name: named("execute_tool", tool),
          attributes: {
            ...ofAgent,
            ...toolOf(tools.get(tool)),
            ...openInference("TOOL"),
          },
        };
      }
      case "retry_attempt":
        return { attributes: openInference("CHAIN") };
    }
  }

  take(started.tools);
  return ({ event, recorded, spans }: Completed): readonly Span<string>[] => {
    if (event.type === "tools_changed") take(event.tools);
    const shown = content?.push(event, recorded);
    const made = spans.map((span): Span<string> => {
      const change = changed(span, event);
      const isShown = span.name === "llm_call" || span.name === "tool_call";
      return {
        ...span,
        ...change,
        attributes: {
          ...span.attributes,
          ...change.attributes,
          ...isShown ? shown : {},
        },
      };
    });
    const last = event.type === "run_finished"
      ? [agentSpan(started, event, { input: content?.question })]
      : [];
    return [...made, ...approvals(event), ...last];
  };
}

/** The name of a span: its operation, and on what, if that has a name. */
function named(operation: string, target: string): string {
  return target === "" ? operation : `${operation} ${target}`;
}

function usageOf({ usage }: LlmCompleted): Attributes {
  return {
    "gen_ai.usage.cache_read.input_tokens": usage?.cached_input_tokens,
    "gen_ai.usage.cache_write.input_tokens": usage?.cache_write_tokens,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoning_tokens,
    // Tokens of reasoning are among those of the output there, and beside them on record.
    "gen_ai.usage.output_tokens": usage === null
      ? undefined
      : usage.output_tokens + (usage.reasoning_tokens ?? 0),
  };
}

function settingsOf({ llm: { settings } }: RunStarted): Attributes {
  return {
    "gen_ai.request.temperature": settings?.temperature,
    "gen_ai.request.max_tokens": settings?.max_output_tokens,
  };
}

/** What is known of a tool; one of a server is called over the Model Context Protocol. */
function toolOf(tool: RecordedTool | undefined): Attributes {
  return {
    "gen_ai.tool.description": tool?.description,
    "mcp.method.name": tool?.definition_sha256 === undefined
      ? undefined
      : "tools/call",
  };
}
