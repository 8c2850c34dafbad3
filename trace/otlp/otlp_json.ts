import type { RunStarted } from "../../runtime/record/event.ts";
import type {
  Attributes,
  AttributeValue,
  Span,
  SpansOfEvents,
} from "../span.ts";
import { spanProjection } from "../span_projection.ts";
import type { TextProjection } from "../text_projection.ts";
import type { OtlpEncoding, OtlpEnvelope } from "./otlp_encoding.ts";
import { SCHEMA_URL, SERVICE, SERVICE_NAME } from "./service.ts";

/** What makes another document of a run than its `trace.json`. */
export interface OtlpJsonOptions {
  /** Makes the spans. Default: those of `trace.json`. */
  readonly project?: SpansOfEvents;
  /** The conventions that they follow. Default: those of `trace.json`. */
  readonly schemaUrl?: string;
}

/**
 * Writes the spans of a run as one OTLP/JSON `TracesData` document, a span a
 * line, as the OpenTelemetry Protocol specification 1.x describes it: ids in
 * lower-case hex, 64-bit integers as decimal strings, enums as integers.
 */
export function otlpJson(
  { project = spanProjection(), schemaUrl = SCHEMA_URL }: OtlpJsonOptions = {},
): TextProjection {
  let separator = "\n";
  return {
    push(event) {
      let text = event.type === "run_started" ? headOf(event) : "";
      for (const span of project(event)) {
        text += separator + encodeSpan(span);
        separator = ",\n";
      }
      return text;
    },
    end: () => `\n${documentTail(schemaUrl)}\n`,
  };
}

/** The record's version is that of the scope; old records have the program's there. */
function headOf(
  { v, runtime_version: version, mode }: RunStarted,
): string {
  const service = version === undefined ? {} : { "service.version": version };
  const audited = mode === undefined ? {} : { "agent.policy.mode": mode };
  return documentHead(
    { ...SERVICE, ...service, ...audited },
    version ?? String(v),
  );
}

/** OTLP/JSON: each span a text, and a request without line breaks. */
export const JSON_ENCODING: OtlpEncoding<string> = {
  contentType: "application/json",
  span: encodeSpan,
  request: exportRequest,
};

/**
 * Writes encoded spans as one OTLP/JSON `ExportTraceServiceRequest`, without line
 * breaks.
 */
function exportRequest(
  spans: readonly string[],
  { resource, version, schemaUrl }: OtlpEnvelope,
): string {
  const head = documentHead({ ...SERVICE, ...resource }, version);
  return `${head}${spans.join(",")}${documentTail(schemaUrl)}`;
}

/** Conventions without an address of their schema leave it out. */
function documentTail(schemaUrl: string): string {
  const schema = schemaUrl === "" ? "" : `,"schemaUrl":"${schemaUrl}"`;
  return `]${schema}}]${schema}}]}`;
}

function documentHead(resource: Attributes, version: string): string {
  const attributes = encodeAttributes(resource);
  const scope = JSON.stringify({ name: SERVICE_NAME, version });
  return `{"resourceSpans":[{"resource":{"attributes":${attributes}},"scopeSpans":[{"scope":${scope},"spans":[`;
}

/**
 * Writes one span as OTLP/JSON, without line breaks. Ids and times are our own and
 * need no escapes.
 */
export function encodeSpan(span: Span<string>): string {
  const { traceId, spanId, parentSpanId, name, kind, start, end } = span;
  const parent = parentSpanId === undefined
    ? ""
    : `"parentSpanId":"${parentSpanId}",`;
  const links = span.link === undefined
    ? ""
    : `,"links":[{"traceId":"${traceId}","spanId":"${span.link}"}]`;
  const status = span.error === undefined
    ? ""
    : `,"status":{"code":${STATUS_ERROR},"message":${quote(span.error)}}`;
  return `{"traceId":"${traceId}","spanId":"${spanId}",${parent}"name":${
    quote(name)
  },"kind":${kind},` +
    `"startTimeUnixNano":"${start}","endTimeUnixNano":"${end}",` +
    `"attributes":${encodeAttributes(span.attributes)}${links}${status}}`;
}

const STATUS_ERROR = 2;

function encodeAttributes(attributes: Attributes): string {
  let text = "";
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    const separator = text === "" ? "" : ",";
    text += `${separator}{"key":${quote(key)},"value":${encodeValue(value)}}`;
  }
  return `[${text}]`;
}

function encodeValue(value: AttributeValue): string {
  switch (typeof value) {
    case "string":
      return `{"stringValue":${quote(value)}}`;
    case "boolean":
      return `{"boolValue":${value}}`;
    case "number":
      return Number.isSafeInteger(value)
        ? `{"intValue":"${value}"}`
        : `{"doubleValue":${JSON.stringify(value)}}`;
    default:
      return `{"arrayValue":{"values":[${value.map(encodeValue).join(",")}]}}`;
  }
}

/** A protobuf string must be UTF-8; text of a model may contain lone surrogates. */
function quote(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
