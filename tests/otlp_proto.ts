/**
 * OTLP/JSON through the protobuf classes that OpenTelemetry generates from its
 * definitions: software that this project has not written.
 *
 * @module
 */
// @ts-types="./otlp_proto.d.ts"
import proto from "npm:@opentelemetry/otlp-transformer@0.208.0/build/src/generated/root.js";

/** Ids are hex in JSON and bytes in protobuf. */
const ID_KEYS = new Set(["traceId", "spanId", "parentSpanId"]);

/**
 * Encodes an OTLP/JSON document of spans as protobuf and decodes it again; what
 * comes out equals what went in when every key and every value of it is OTLP's.
 *
 * @throws {TypeError} when it is none
 */
export function throughProtobuf(text: string): unknown {
  const { TracesData } = proto.opentelemetry.proto.trace.v1;
  const message = TracesData.fromObject(idsAsBytes(text));
  const wrong = TracesData.verify(message);
  if (wrong !== null) throw new TypeError(wrong);
  const decoded = TracesData.decode(TracesData.encode(message).finish());
  return idsAsHex(TracesData.toObject(decoded, { longs: String }));
}

/**
 * Decodes a request of spans in protobuf into what OTLP/JSON has for it.
 *
 * @throws {Error} when it is none
 */
export function fromProtobuf(bytes: Uint8Array): unknown {
  // An ExportTraceServiceRequest has the fields of TracesData.
  const { TracesData } = proto.opentelemetry.proto.trace.v1;
  const options = { longs: String };
  return idsAsHex(TracesData.toObject(TracesData.decode(bytes), options));
}

function idsAsBytes(text: string): unknown {
  return JSON.parse(
    text,
    (key, value) => ID_KEYS.has(key) ? Uint8Array.fromHex(value) : value,
  );
}

function idsAsHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (Array.isArray(value)) return value.map(idsAsHex);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, idsAsHex(child)]),
  );
}
