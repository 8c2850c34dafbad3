/**
 * The revision of the conventions for generative AI that exported spans follow:
 * `model/gen-ai/spans.yaml` and `model/mcp/spans.yaml` of
 * https://github.com/open-telemetry/semantic-conventions-genai, of which version
 * 0.1.0 is the first. They are in development, and their schema has no address yet.
 */
export const GENAI_REVISION = "024a4f944a1291fcb627c9c47da69e79868dd15e";

/** What a span is to backends that follow OpenInference: `openinference.span.kind`. */
export type OpenInferenceKind =
  | "AGENT"
  | "CHAIN"
  | "GUARDRAIL"
  | "LLM"
  | "TOOL";

/** The attribute with that name. */
export function openInference(kind: OpenInferenceKind) {
  return { "openinference.span.kind": kind } as const;
}
