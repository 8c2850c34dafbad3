import type { Attributes, Span } from "../span.ts";

/** The body of a request. */
export type OtlpBody = string | Uint8Array<ArrayBuffer>;

/** What goes around the spans of a request. */
export interface OtlpEnvelope {
  /** Attributes of the resource, beside or instead of what the service says of itself. */
  readonly resource: Attributes;
  /** Version of the record. */
  readonly version: string;
  /** The conventions that the spans follow; empty where their schema has no address. */
  readonly schemaUrl: string;
}

/** A way to write spans for OTLP/HTTP. */
export interface OtlpEncoding<Encoded extends OtlpBody = OtlpBody> {
  /** The `content-type` of a request. */
  readonly contentType: string;
  /** Writes one span. */
  span(span: Span<string>): Encoded;
  /** Writes one `ExportTraceServiceRequest` with spans that `span` wrote. */
  request(spans: readonly Encoded[], envelope: OtlpEnvelope): Encoded;
}
