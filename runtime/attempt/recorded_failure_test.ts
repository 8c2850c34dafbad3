import { assertEquals } from "@std/assert";
import { attempt } from "./attempt.ts";
import { INDETERMINATE, RecordedFailure } from "./recorded_failure.ts";

Deno.test("a RecordedFailure is taken as it stands, even when the run is cancelled", async () => {
  const error = { ...INDETERMINATE, kind: "transient" } as const;
  const failure = new RecordedFailure(error, {
    output: { raw: "r" },
    lost: true,
  });
  const controller = new AbortController();
  const attempted = await attempt(() => {
    controller.abort();
    throw failure;
  }, controller.signal);
  assertEquals(attempted, {
    ok: false,
    error,
    recorded: failure,
    retryAfterMs: 0,
  });
});

Deno.test("what is recorded as indeterminate is public", () => {
  assertEquals(INDETERMINATE, {
    kind: "unhandled",
    type: "indeterminate",
    exception_class: "Indeterminate",
    message:
      "the process ended between the intent and the receipt; whether the effect happened is not known",
  });
});
