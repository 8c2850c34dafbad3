import type { RunEvent } from "../runtime/event.ts";
import type { AttributeValue, Span } from "./span.ts";
import { spanProjection } from "./span_projection.ts";

/** `service.name` of every trace. */
const SERVICE_NAME = "agent-runtime-observability";

/** The OpenTelemetry semantic conventions that the `gen_ai.*` attributes follow. */
const SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0";

/** A text that grows with the events of a run. */
export interface TextProjection {
  /** Returns what the event adds to the text. */
  push(event: RunEvent): string;
  /** Returns the rest of the text, once. */
  end(): string;
}

/**
 * Writes the spans of a run as one OTLP/JSON `TracesData` document, a span a
 * line, as the OpenTelemetry Protocol specification 1.x describes it: ids in
 * lower-case hex, 64-bit integers as decimal strings, enums as integers.
 */
export function otlpJson(): TextProjection {
  const project = spanProjection();
  let separator = "\n";
  return {
    push(event) {
      let text = event.type === "run_started"
        ? documentHead(event.runtime_version)
        : "";
      for (const span of project(event)) {
        text += separator + encodeSpan(span);
        separator = ",\n";
      }
      return text;
    },
    end: () =>
      `\n],"schemaUrl":"${SCHEMA_URL}"}],"schemaUrl":"${SCHEMA_URL}"}]}\n`,
  };
}

function documentHead(version: string): string {
  const resource = encodeAttributes({
    "service.name": SERVICE_NAME,
    "service.version": version,
  });
  const scope = { name: SERVICE_NAME, version };
  return `{"resourceSpans":[{"resource":{"attributes":${
    JSON.stringify(resource)
  }},"scopeSpans":[{"scope":${JSON.stringify(scope)},"spans":[`;
}

/** Writes one span as OTLP/JSON, without line breaks. */
export function encodeSpan(span: Span): string {
  return JSON.stringify({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: span.start,
    endTimeUnixNano: span.end,
    attributes: encodeAttributes(span.attributes),
    links: span.link === undefined
      ? undefined
      : [{ traceId: span.traceId, spanId: span.link }],
    status: span.error === undefined
      ? undefined
      : { code: STATUS_ERROR, message: span.error.toWellFormed() },
  });
}

const STATUS_ERROR = 2;

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

function encodeAttributes(attributes: Span["attributes"]): readonly KeyValue[] {
  const encoded: KeyValue[] = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) encoded.push({ key, value: encodeValue(value) });
  }
  return encoded;
}

function encodeValue(value: AttributeValue): AnyValue {
  switch (typeof value) {
    case "string":
      // A protobuf string has a UTF-8 form; what a model wrote may have none.
      return { stringValue: value.toWellFormed() };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value)
        ? { intValue: String(value) }
        : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map(encodeValue) } };
  }
}
