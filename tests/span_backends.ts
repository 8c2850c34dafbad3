/**
 * How backends tell what a span is, as data: what their own code does, read at the
 * named commits. The export is tested by these rules, without the backends.
 *
 * @module
 */

/** An attribute whose value tells the kind; a value that is not listed tells nothing. */
interface ValueRule {
  readonly attribute: string;
  readonly kinds: Readonly<Record<string, string>>;
}

/** Attributes of which one is enough. */
interface PresenceRule {
  readonly anyOf: readonly (string | RegExp)[];
  readonly kind: string;
}

/** A backend and its rules; the first one that tells a kind counts. */
export interface SpanBackend {
  readonly name: string;
  /** Repository, commit and file. */
  readonly source: string;
  readonly rules: readonly (ValueRule | PresenceRule)[];
  /** What a span is that no rule knows. */
  readonly otherwise: string;
  /** Attributes by which it groups traces to a conversation, the first one counts. */
  readonly session: readonly string[];
}

const OPENINFERENCE = [
  ...["CHAIN", "RETRIEVER", "EMBEDDING", "AGENT", "TOOL", "GUARDRAIL"],
  ...["EVALUATOR"],
];

const same = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, name]));

/** The backends that the export is made for. */
export const SPAN_BACKENDS: readonly SpanBackend[] = [
  {
    name: "Langfuse",
    source:
      "langfuse/langfuse@62751446149b702b419a9292ddfc2280cdf74b8c packages/shared/src/server/otel/ObservationTypeMapper.ts, OtelIngestionProcessor.ts",
    rules: [
      {
        attribute: "langfuse.observation.type",
        kinds: { generation: "GENERATION", span: "SPAN" },
      },
      {
        attribute: "openinference.span.kind",
        kinds: { ...same(OPENINFERENCE), LLM: "GENERATION" },
      },
      {
        attribute: "gen_ai.operation.name",
        kinds: {
          chat: "GENERATION",
          completion: "GENERATION",
          text_completion: "GENERATION",
          generate_content: "GENERATION",
          generate: "GENERATION",
          embeddings: "EMBEDDING",
          invoke_agent: "AGENT",
          create_agent: "AGENT",
          execute_tool: "TOOL",
        },
      },
      { anyOf: ["gen_ai.tool.name", "gen_ai.tool.call.id"], kind: "TOOL" },
      {
        anyOf: [
          ...["gen_ai.request.model", "gen_ai.response.model"],
          ...["llm.model_name", "model"],
        ],
        kind: "GENERATION",
      },
    ],
    otherwise: "SPAN",
    session: ["langfuse.session.id", "session.id", "gen_ai.conversation.id"],
  },
  {
    name: "Phoenix",
    source:
      "Arize-ai/phoenix@9478f954bbc6175a0eaef398d0a92c1d967c3bfe src/phoenix/trace/otel.py, src/phoenix/trace/gen_ai/conversion.py",
    rules: [
      {
        attribute: "openinference.span.kind",
        kinds: same([...OPENINFERENCE, "LLM", "RERANKER"]),
      },
      {
        attribute: "gen_ai.operation.name",
        kinds: {
          chat: "LLM",
          text_completion: "LLM",
          generate_content: "LLM",
          embeddings: "EMBEDDING",
          execute_tool: "TOOL",
          retrieval: "RETRIEVER",
          invoke_agent: "AGENT",
          create_agent: "AGENT",
        },
      },
    ],
    otherwise: "UNKNOWN",
    session: ["session.id", "gen_ai.conversation.id"],
  },
  {
    name: "Jaeger",
    source:
      "jaegertracing/jaeger-ui@c321fb32bbca0bdce9e8c2d40afb35abbf54c12b packages/jaeger-ui/src/utils/genai/detect.ts",
    rules: [
      {
        attribute: "gen_ai.operation.name",
        kinds: {
          chat: "LLM_CALL",
          text_completion: "LLM_CALL",
          generate_content: "LLM_CALL",
          embeddings: "LLM_CALL",
          execute_tool: "TOOL_CALL",
          invoke_agent: "AGENT",
          create_agent: "AGENT",
          invoke_workflow: "AGENT",
          retrieval: "RETRIEVAL",
        },
      },
      { anyOf: ["gen_ai.tool.name"], kind: "TOOL_CALL" },
      { anyOf: [/^gen_ai\.(?!tool\.call\.id$)/], kind: "UNKNOWN_GENAI" },
    ],
    otherwise: "none of generative AI",
    session: [],
  },
];

/** What a backend takes a span with these attributes for. */
export function kindIn(
  { rules, otherwise }: SpanBackend,
  attributes: Readonly<Record<string, unknown>>,
): string {
  for (const rule of rules) {
    const kind = "anyOf" in rule
      ? Object.keys(attributes).some((key) =>
          rule.anyOf.some((each) =>
            typeof each === "string" ? each === key : each.test(key)
          )
        )
        ? rule.kind
        : undefined
      : rule.kinds[String(attributes[rule.attribute])];
    if (kind !== undefined) return kind;
  }
  return otherwise;
}

/** What spans of the export must be, by how their name begins. */
export const WANTED_KINDS: Readonly<
  Record<string, Readonly<Record<string, string>>>
> = {
  invoke_agent: { Langfuse: "AGENT", Phoenix: "AGENT", Jaeger: "AGENT" },
  agent_step: step("CHAIN"),
  chat: { Langfuse: "GENERATION", Phoenix: "LLM", Jaeger: "LLM_CALL" },
  policy_check: step("GUARDRAIL"),
  approval: step("GUARDRAIL"),
  execute_tool: { Langfuse: "TOOL", Phoenix: "TOOL", Jaeger: "TOOL_CALL" },
  retry_attempt: step("CHAIN"),
};

/** What the conventions for generative AI have no name for. */
function step(kind: string) {
  return { Langfuse: kind, Phoenix: kind, Jaeger: "none of generative AI" };
}
