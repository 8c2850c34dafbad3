import type { RunEvent } from "../runtime/record/event.ts";

/** The value of an attribute; a number is written as OTLP's `intValue` when it is a safe integer. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes by name; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** The span kinds of OpenTelemetry that a run has. */
export const SPAN_KIND = { internal: 1, client: 3 } as const;

/** One of them: 1 is internal, 3 is a client's. */
export type SpanKind = 1 | 3;

/**
 * One span that has ended, in the terms of OpenTelemetry. Those of `trace.json`
 * have a name of `SpanName`; exported ones can have others.
 */
export interface Span<Name extends string = SpanName> {
  /** 32 lower-case hex digits, the same for the whole run. */
  readonly traceId: string;
  /** 16 lower-case hex digits; the last eight are the `seq` of the ledger line that it comes from. */
  readonly spanId: string;
  /** The same, of the span that this one is a part of; a root has none. */
  readonly parentSpanId?: string | undefined;
  /** What it represents. */
  readonly name: Name;
  /** Whose work it is. */
  readonly kind: SpanKind;
  /** Nanoseconds since the Unix epoch, decimal. */
  readonly start: string;
  /** Nanoseconds since the Unix epoch, decimal. */
  readonly end: string;
  /** Everything else that is known of it. */
  readonly attributes: Attributes;
  /** What went wrong; left out when nothing went wrong. */
  readonly error?: string | undefined;
  /** The span that this one was allowed by. */
  readonly link?: string | undefined;
}

/** Turns events into the spans that are complete with each. */
export type SpansOfEvents<Name extends string = string> = (
  event: RunEvent,
) => readonly Span<Name>[];

/** What a span represents. */
export type SpanName =
  | "agent_step"
  | "llm_call"
  | "policy_check"
  | "tool_call"
  | "retry_attempt";
