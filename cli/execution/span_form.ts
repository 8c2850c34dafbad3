import { type Redaction, redactor } from "../../policy/redaction/redaction.ts";
import { genaiSpans } from "../../trace/genai/genai_spans.ts";
import type { SpanForm } from "../../trace/otlp/span_encoder.ts";
import type { SpanExportWorld } from "../../trace/otlp/span_export.ts";
import { spanProjection } from "../../trace/span_projection.ts";
import { type TraceParent, underParent } from "../../trace/trace_parent.ts";
import { choice } from "../command/choice.ts";
import type { CommandLine } from "../command/command_line.ts";
import { UsageError } from "../command/command.ts";

/** The option and the flag of the command line that say what spans have. */
export const FORM_OPTIONS = ["trace-schema"] as const;
export const FORM_FLAGS = ["otlp-content"] as const;

/** Which spans leave a run. */
export interface ChosenForm {
  /** `genai`: by the conventions for generative AI; `seed`: those of `trace.json`. */
  readonly schema: "genai" | "seed";
  readonly content: boolean;
}

/**
 * Reads which spans the command line asks for. Default: those by the conventions for
 * generative AI, without contents.
 *
 * @throws {UsageError} for an unknown word, and for contents in those of `trace.json`
 */
export function chosenForm(given: CommandLine): ChosenForm {
  const schema = choice(given.option("trace-schema") ?? "genai", {
    where: "Cannot use --trace-schema",
    of: ["genai", "seed"],
  });
  const content = given.flag("otlp-content");
  if (content && schema === "seed") {
    throw new UsageError(
      "Cannot use --otlp-content with --trace-schema seed: its spans have no place for it",
    );
  }
  return { schema, content };
}

/** Makes these spans, without what the policy redacts. */
export function spanForm(
  { schema, content }: ChosenForm,
  { redaction, parent }: {
    readonly redaction: Redaction | undefined;
    readonly parent?: TraceParent | undefined;
  },
):
  & Required<Pick<SpanForm, "project">>
  & Pick<SpanForm, "schemaUrl">
  & Pick<SpanExportWorld, "redact"> {
  const project = schema === "seed"
    ? spanProjection()
    : genaiSpans({ redaction, content });
  return {
    project: parent === undefined ? project : underParent(project, parent),
    // The revision of the conventions has no address of a schema.
    ...schema === "genai" ? { schemaUrl: "" } : {},
    redact: schema === "seed" ? redactor(redaction) : (event) => event,
  };
}
