import { type Attribute, readAttributes } from "./otlp_attributes.ts";
import {
  complain,
  type JsonNode,
  members,
  readArray,
  readInteger,
  readObject,
  readPattern,
  readString,
  readText,
  show,
} from "./json_node.ts";
import type { TraceFindingCode } from "./findings.ts";

/** A link from one span to another. */
export interface Link {
  readonly path: string;
  readonly traceId: string;
  readonly spanId: string;
}

/** One span whose shape is sound. */
export interface Span {
  readonly path: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly statusCode: 1 | 2 | undefined;
  readonly links: readonly Link[];
}

/** Where the spans of a sound document are. */
export const SPANS_PATH = "resourceSpans[0].scopeSpans[0].spans";

const SERVICE_NAME = "agent-runtime-observability";

function readTraceId(node: JsonNode | undefined): string | undefined {
  return readPattern(node, {
    pattern: /^(?!0+$)[0-9a-f]{32}$/,
    code: "trace_id_invalid",
    wanted: "32 lower-case hex digits, not all zero",
  });
}

function readSpanId(node: JsonNode | undefined): string | undefined {
  return readPattern(node, {
    pattern: /^(?!0+$)[0-9a-f]{16}$/,
    code: "span_id_invalid",
    wanted: "16 lower-case hex digits, not all zero",
  });
}

function readTime(node: JsonNode | undefined): bigint | undefined {
  return readInteger(node, {
    min: 0n,
    max: 2n ** 64n - 1n,
    code: "time_invalid",
    wanted: "the decimal string of an unsigned 64-bit integer",
  });
}

function checkKind(node: JsonNode | undefined): void {
  if (node === undefined) return;
  const { value } = node;
  if (Number.isInteger(value) && [1, 2, 3, 4, 5].includes(Number(value))) {
    return;
  }
  complain(node, {
    code: "kind_invalid",
    message: `Must be an integer from 1 to 5, is ${show(value)}`,
  });
}

function readStatusCode(node: JsonNode | undefined): 1 | 2 | undefined {
  if (node === undefined) return undefined;
  if (members(node.value)?.size === 0) {
    complain(node, { code: "status_empty", message: "Must be left out" });
    return undefined;
  }
  const fields = readObject(node, {
    required: ["code"],
    optional: ["message"],
  });
  const message = readString(fields?.get("message"));
  const code = fields?.get("code");
  if (code === undefined || code.value === 1) return code && 1;
  if (code.value !== 2) {
    complain(code, {
      code: "status_code_invalid",
      message: `Must be 1 or 2, is ${show(code.value)}`,
    });
    return undefined;
  }
  if (!fields?.has("message") || message === "") {
    complain(node, {
      code: "status_message_missing",
      message: "Code 2 needs a message",
    });
  }
  return 2;
}

function readLink(node: JsonNode): Link | undefined {
  const fields = readObject(node, { required: ["traceId", "spanId"] });
  const traceId = readTraceId(fields?.get("traceId"));
  const spanId = readSpanId(fields?.get("spanId"));
  if (traceId === undefined || spanId === undefined) return undefined;
  return { path: node.path, traceId, spanId };
}

function readSpan(node: JsonNode): Span | undefined {
  const fields = readObject(node, {
    required: [
      "traceId",
      "spanId",
      "name",
      "kind",
      "startTimeUnixNano",
      "endTimeUnixNano",
      "attributes",
    ],
    optional: ["parentSpanId", "status", "links"],
  });
  if (fields === undefined) return undefined;
  const traceId = readTraceId(fields.get("traceId"));
  const spanId = readSpanId(fields.get("spanId"));
  const parentSpanId = readSpanId(fields.get("parentSpanId"));
  const name = readText(fields.get("name"));
  checkKind(fields.get("kind"));
  const start = readTime(fields.get("startTimeUnixNano"));
  const end = readTime(fields.get("endTimeUnixNano"));
  const attributes = readAttributes(fields.get("attributes"));
  const statusCode = readStatusCode(fields.get("status"));
  const links = (readArray(fields.get("links")) ?? [])
    .map(readLink)
    .filter((link) => link !== undefined);
  if (
    traceId === undefined || spanId === undefined || name === undefined ||
    start === undefined || end === undefined || attributes === undefined
  ) return undefined;
  return {
    path: node.path,
    traceId,
    spanId,
    parentSpanId,
    name,
    start,
    end,
    attributes,
    statusCode,
    links,
  };
}

function checkResource(node: JsonNode | undefined): void {
  const fields = readObject(node, { required: ["attributes"] });
  const list = fields?.get("attributes");
  const attributes = readAttributes(list);
  if (list === undefined || attributes === undefined) return;
  const service = attributes.get("service.name");
  if (
    service?.value.type === "string" && service.value.value === SERVICE_NAME
  ) return;
  complain({ ...list, path: service?.path ?? list.path }, {
    code: "service_name",
    message: `Attribute service.name must be ${show(SERVICE_NAME)}`,
  });
}

function checkScope(node: JsonNode | undefined): void {
  const fields = readObject(node, { required: ["name", "version"] });
  readText(fields?.get("name"));
  readText(fields?.get("version"));
}

/** Reads the one element of an array, or complains with `code`. */
function readOnly(
  node: JsonNode | undefined,
  code: TraceFindingCode,
): JsonNode | undefined {
  const items = readArray(node);
  if (node === undefined || items === undefined) return undefined;
  if (items.length === 1) return items[0];
  complain(node, {
    code,
    message: `Must have exactly one element, has ${items.length}`,
  });
}

/**
 * Reads an OTLP/JSON TracesData document and complains about everything whose
 * shape is not as we write it. The spans are complete only if it did not.
 */
export function readSpans(document: JsonNode): readonly Span[] {
  const root = readObject(document, { required: ["resourceSpans"] });
  const resourceSpans = readObject(
    readOnly(root?.get("resourceSpans"), "resource_spans_count"),
    { required: ["resource", "scopeSpans"], optional: ["schemaUrl"] },
  );
  checkResource(resourceSpans?.get("resource"));
  readText(resourceSpans?.get("schemaUrl"));
  const scopeSpans = readObject(
    readOnly(resourceSpans?.get("scopeSpans"), "scope_spans_count"),
    { required: ["scope", "spans", "schemaUrl"] },
  );
  checkScope(scopeSpans?.get("scope"));
  readText(scopeSpans?.get("schemaUrl"));
  return (readArray(scopeSpans?.get("spans")) ?? [])
    .map(readSpan)
    .filter((span) => span !== undefined);
}
