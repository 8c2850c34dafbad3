import type { RunEvent } from "../../runtime/record/event.ts";
import type { Attributes, SpansOfEvents } from "../span.ts";
import { spanProjection } from "../span_projection.ts";
import type { OtlpBody, OtlpEncoding } from "./otlp_encoding.ts";
import { JSON_ENCODING } from "./otlp_json.ts";
import { SCHEMA_URL } from "./service.ts";

/** Which spans an export has, and how they are written. */
export interface SpanForm {
  /** Makes the spans. Default: those of `trace.json`. */
  readonly project?: SpansOfEvents | undefined;
  /** The conventions that they follow; empty where their schema has no address. Default: those of `trace.json`. */
  readonly schemaUrl?: string | undefined;
  /** How they are written. Default: as JSON. */
  readonly encoding?: OtlpEncoding | undefined;
}

/** Turns the events of a run into spans and requests. */
export interface SpanEncoder {
  /** The spans that end with the next event. */
  encode(event: RunEvent): readonly OtlpBody[];
  /** One export request with these spans. */
  request(spans: readonly OtlpBody[]): OtlpBody;
}

/** Starts at the beginning of a run. */
export function spanEncoder(
  {
    resource,
    redact,
    project = spanProjection(),
    schemaUrl = SCHEMA_URL,
    encoding = JSON_ENCODING,
  }: SpanForm & {
    readonly resource: Attributes;
    readonly redact: (event: RunEvent) => RunEvent;
  },
): SpanEncoder {
  let version = "";
  return {
    encode(event) {
      if (event.type === "run_started") version = String(event.v);
      return project(redact(event)).map((span) => encoding.span(span));
    },
    request: (spans) =>
      encoding.request(spans, { resource, version, schemaUrl }),
  };
}
