import { assertEquals } from "@std/assert";
import type {
  AttemptFinished,
  RecordedError,
} from "../../runtime/record/event.ts";
import { describeWait } from "./describe_wait.ts";

function failed(type: string): RecordedError {
  const message = "Cannot ask";
  return { kind: "transient", type, exception_class: "ModelError", message };
}

function tried(changes: Partial<AttemptFinished>): AttemptFinished {
  return {
    v: 1,
    seq: 3,
    ts: "3",
    step: 1,
    type: "attempt_finished",
    started_at: "2",
    call_id: null,
    attempt: 1,
    outcome: "transient_failure",
    backoff_ms: 12_000,
    error: failed("429"),
    ...changes,
  };
}

for (
  const { what, event, want } of [
    {
      what: "a status",
      event: tried({}),
      want: "the model answered HTTP 429; to be asked again in 12 s",
    },
    {
      what: "a type that is not a status",
      event: tried({ error: failed("network"), backoff_ms: 1400 }),
      want: "the model failed (network); to be asked again in 1 s",
    },
    {
      what: "no wait below a second",
      event: tried({ backoff_ms: 999 }),
      want: undefined,
    },
    {
      what: "no wait for a tool",
      event: tried({ call_id: "a" }),
      want: undefined,
    },
    {
      what: "no success",
      event: tried({ outcome: "success", backoff_ms: 0, error: null }),
      want: undefined,
    },
  ]
) {
  Deno.test(`describeWait() tells of ${what}`, () => {
    assertEquals(describeWait(event), want);
  });
}
