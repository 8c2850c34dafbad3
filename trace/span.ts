/** The value of an attribute; a number is written as OTLP's `intValue` when it is a safe integer. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes by name; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** The span kinds of OpenTelemetry that a run has. */
export const SPAN_KIND = { internal: 1, client: 3 } as const;

/** One span that has ended, in the terms of OpenTelemetry. */
export interface Span {
  /** 32 lower-case hex digits, the same for the whole run. */
  readonly traceId: string;
  /** 16 lower-case hex digits; the last eight are the `seq` of the ledger line that it comes from. */
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: SpanName;
  readonly kind: typeof SPAN_KIND[keyof typeof SPAN_KIND];
  /** Nanoseconds since the Unix epoch, decimal. */
  readonly start: string;
  /** Nanoseconds since the Unix epoch, decimal. */
  readonly end: string;
  readonly attributes: Attributes;
  /** What went wrong; left out when nothing went wrong. */
  readonly error?: string | undefined;
  /** The span that this one was allowed by. */
  readonly link?: string | undefined;
}

/** What a span represents. */
export type SpanName =
  | "agent_step"
  | "llm_call"
  | "policy_check"
  | "tool_call"
  | "retry_attempt";
