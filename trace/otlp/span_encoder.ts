import type { RunEvent } from "../../runtime/record/event.ts";
import type { Attributes } from "../span.ts";
import { spanProjection } from "../span_projection.ts";
import { encodeSpan, exportRequest } from "./otlp_json.ts";

/** Turns the events of a run into spans and requests, as OTLP/JSON. */
export interface SpanEncoder {
  /** The spans that end with the next event. */
  encode(event: RunEvent): readonly string[];
  /** One export request with these spans. */
  request(spans: readonly string[]): string;
}

/** Starts at the beginning of a run. */
export function spanEncoder({ resource, redact }: {
  readonly resource: Attributes;
  readonly redact: (event: RunEvent) => RunEvent;
}): SpanEncoder {
  const project = spanProjection();
  let version = "";
  return {
    encode(event) {
      if (event.type === "run_started") version = String(event.v);
      return project(redact(event)).map(encodeSpan);
    },
    request: (spans) => exportRequest(spans, { resource, version }),
  };
}
