import type { Span, SpansOfEvents } from "./span.ts";

/** The span that a run belongs to, as another program says it. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Whether the other program records its trace. */
  readonly isSampled: boolean;
}

const FORM =
  /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` of W3C Trace Context; `undefined` for one that is invalid,
 * which the recommendation says to ignore. Of a later version, what this one knows
 * is read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
 * assertEquals(traceParent(text)?.spanId, "00f067aa0ba902b7");
 * assertEquals(traceParent(text.replace("00-", "ff-")), undefined);
 * ```
 */
export function traceParent(text: string): TraceParent | undefined {
  const [, version, traceId = "", spanId = "", flags = "", rest] =
    FORM.exec(text.trim()) ?? [];
  const isValid = version !== undefined && version !== "ff" &&
    (version !== "00" || rest === undefined) &&
    /[^0]/.test(traceId) && /[^0]/.test(spanId);
  return isValid
    ? { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 }
    : undefined;
}

/** The same spans in the trace of another program: what had no parent is below its span. */
export function underParent(
  project: SpansOfEvents,
  { traceId, spanId }: Pick<TraceParent, "traceId" | "spanId">,
): SpansOfEvents {
  return (event) =>
    project(event).map((span): Span<string> => ({
      ...span,
      traceId,
      parentSpanId: span.parentSpanId ?? spanId,
    }));
}
