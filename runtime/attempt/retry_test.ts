import { assertEquals } from "@std/assert";
import type { Attempted } from "./attempt.ts";
import type { FailureKind } from "../record/vocabulary.ts";
import { backoffMs, judgeAttempt, seededFraction } from "./retry.ts";

const LIMITS = { max_retries: 2, backoff_base_ms: 100, backoff_cap_ms: 1000 };

function failed(kind: FailureKind): Attempted<unknown> & { ok: false } {
  const error = { kind, type: "t", exception_class: "E", message: "m" };
  return { ok: false, error };
}

const SUCCESS: Attempted<unknown> = { ok: true, value: undefined };

const ATTEMPTS = [
  { attempted: SUCCESS, attempt: 1, outcome: "success", backoffMs: 0 },
  { attempted: SUCCESS, attempt: 3, outcome: "success", backoffMs: 0 },
  {
    attempted: failed("transient"),
    attempt: 1,
    outcome: "transient_failure",
    backoffMs: 110,
  },
  {
    attempted: failed("transient"),
    attempt: 2,
    outcome: "transient_failure",
    backoffMs: 220,
  },
  {
    attempted: failed("transient"),
    attempt: 3,
    outcome: "exhausted",
    backoffMs: 0,
  },
  {
    attempted: failed("reported"),
    attempt: 1,
    outcome: "non_retryable",
    backoffMs: 0,
  },
  {
    attempted: failed("unhandled"),
    attempt: 1,
    outcome: "non_retryable",
    backoffMs: 0,
  },
  {
    attempted: failed("cancelled"),
    attempt: 1,
    outcome: "non_retryable",
    backoffMs: 0,
  },
];

for (const { attempted, attempt, ...want } of ATTEMPTS) {
  const what = attempted.ok ? "success" : `${attempted.error.kind} failure`;
  Deno.test(`judgeAttempt() takes a ${what} of attempt ${attempt} for ${want.outcome}`, () => {
    const options = { limits: LIMITS, random: () => 0.75 };
    assertEquals(judgeAttempt(attempted, attempt, options), want);
  });
}

Deno.test("judgeAttempt() tries nothing again where no retries are allowed", () => {
  assertEquals(
    judgeAttempt(failed("transient"), 1, {
      limits: { ...LIMITS, max_retries: 0 },
      random: () => 0,
    }),
    { outcome: "exhausted", backoffMs: 0 },
  );
});

Deno.test("judgeAttempt() waits as long as a server asks, and no shorter than the policy says", () => {
  const options = { limits: LIMITS, random: () => 0.5 };
  const waits = [0, 99, 100, 101].map((retryAfterMs) =>
    judgeAttempt({ ...failed("transient"), retryAfterMs }, 1, options).backoffMs
  );
  assertEquals(waits, [100, 100, 100, 101]);
});

const WAITS = [
  { attempt: 1, random: 0, ms: 80 },
  { attempt: 1, random: 0.5, ms: 100 },
  { attempt: 1, random: 0.999999, ms: 120 },
  { attempt: 2, random: 0.5, ms: 200 },
  { attempt: 4, random: 0.5, ms: 800 },
  { attempt: 5, random: 0.5, ms: 1000 },
  { attempt: 5, random: 0, ms: 800 },
  { attempt: 5, random: 0.999999, ms: 1200 },
  { attempt: 100, random: 0.5, ms: 1000 },
];

for (const { attempt, random, ms } of WAITS) {
  Deno.test(`backoffMs() waits ${ms} ms after attempt ${attempt} for ${random}`, () => {
    assertEquals(backoffMs(attempt, random, LIMITS), ms);
  });
}

Deno.test("backoffMs() does not wait where the base is 0", () => {
  const limits = { max_retries: 2, backoff_base_ms: 0, backoff_cap_ms: 0 };
  assertEquals(backoffMs(3, 0.5, limits), 0);
  assertEquals(backoffMs(100, 0.5, limits), 0);
});

const FRACTIONS = [
  { seed: 0, seq: 0, attempt: 1, want: 0.3583419225178659 },
  { seed: 7, seq: 5, attempt: 1, want: 0.4089498689863831 },
  { seed: 7, seq: 5, attempt: 2, want: 0.6704504310619086 },
  { seed: 7, seq: 6, attempt: 1, want: 0.6091527557000518 },
  { seed: 8, seq: 5, attempt: 1, want: 0.5159072277601808 },
  { seed: 4294967295, seq: 99, attempt: 4, want: 0.9378542993217707 },
];

for (const { seed, seq, attempt, want } of FRACTIONS) {
  Deno.test(`seededFraction() draws ${want} for ${seed}, ${seq}, ${attempt}`, () => {
    assertEquals(seededFraction(seed, seq, attempt), want);
  });
}
