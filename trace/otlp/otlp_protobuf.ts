import { decodeHex } from "../../tools/data/hex.ts";
import type { Attributes, AttributeValue, Span } from "../span.ts";
import type { OtlpEncoding, OtlpEnvelope } from "./otlp_encoding.ts";
import {
  bytesField,
  doubleField,
  fixed64Field,
  intField,
  message,
  textField,
} from "./protobuf_writer.ts";
import { SERVICE, SERVICE_NAME } from "./service.ts";

/**
 * OTLP's protobuf, by the definitions of opentelemetry-proto 1.x
 * (`trace/v1/trace.proto`, `common/v1/common.proto`): each span a field of its
 * `ScopeSpans`.
 */
export const PROTOBUF_ENCODING: OtlpEncoding<Uint8Array<ArrayBuffer>> = {
  contentType: "application/x-protobuf",
  span: encodeSpan,
  request: exportRequest,
};

function exportRequest(
  spans: readonly Uint8Array<ArrayBuffer>[],
  { resource, version, schemaUrl }: OtlpEnvelope,
): Uint8Array<ArrayBuffer> {
  const scope = message(textField(1, SERVICE_NAME), textField(2, version));
  const schema = schemaUrl === "" ? [] : textField(3, schemaUrl);
  const scopeSpans = message(bytesField(1, scope), spans, schema);
  const resourceSpans = message(
    bytesField(1, message(attributesField(1, { ...SERVICE, ...resource }))),
    bytesField(2, scopeSpans),
    schema,
  );
  return message(bytesField(1, resourceSpans));
}

/** A span as a field of `ScopeSpans`. */
function encodeSpan(span: Span<string>): Uint8Array<ArrayBuffer> {
  const { traceId, spanId, parentSpanId, name, kind, start, end } = span;
  const trace = decodeHex(traceId);
  return message(bytesField(
    2,
    message(
      bytesField(1, trace),
      bytesField(2, decodeHex(spanId)),
      parentSpanId === undefined ? [] : bytesField(4, decodeHex(parentSpanId)),
      textField(5, name),
      intField(6, kind),
      fixed64Field(7, BigInt(start)),
      fixed64Field(8, BigInt(end)),
      attributesField(9, span.attributes),
      span.link === undefined ? [] : bytesField(
        13,
        message(
          bytesField(1, trace),
          bytesField(2, decodeHex(span.link)),
        ),
      ),
      span.error === undefined ? [] : bytesField(
        15,
        message(textField(2, span.error), intField(3, STATUS_ERROR)),
      ),
    ),
  ));
}

const STATUS_ERROR = 2;

function attributesField(
  number: number,
  attributes: Attributes,
): readonly Uint8Array[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : bytesField(
      number,
      message(textField(1, key), bytesField(2, anyValue(value))),
    )
  );
}

function anyValue(value: AttributeValue): Uint8Array {
  switch (typeof value) {
    case "string":
      return message(textField(1, value));
    case "boolean":
      return message(intField(2, value ? 1 : 0));
    case "number":
      return message(
        Number.isSafeInteger(value)
          ? intField(3, value)
          : doubleField(4, value),
      );
    default:
      return message(bytesField(
        5,
        message(...value.map((each) => bytesField(1, anyValue(each)))),
      ));
  }
}
