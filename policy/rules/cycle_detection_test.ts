import { assertEquals } from "@std/assert";
import type { Repetition } from "./call_history.ts";
import { cycleDetection } from "./cycle_detection.ts";
import { proposed } from "../../tests/proposal.ts";

function judge(repetition: Repetition, max_repeats = 3) {
  return cycleDetection({ max_repeats, max_period: 4 }).opinion(
    proposed({ repetition }),
  );
}

Deno.test("cycleDetection() has its public id", () => {
  const limits = { max_repeats: 3, max_period: 4 };
  assertEquals(cycleDetection(limits).id, "cycle_detection");
});

for (const identical of [1, 2, 3]) {
  Deno.test(`cycleDetection() says nothing of identical call ${identical} of 3`, () => {
    assertEquals(judge({ identical }), undefined);
  });
}

Deno.test("cycleDetection() denies the call after max_repeats identical ones", () => {
  assertEquals(judge({ identical: 4 }), {
    effect: "deny",
    reason: "the same call was proposed 4 times; 3 are allowed",
    metadata: { repeats: 4, max_repeats: 3, period: 1 },
  });
});

Deno.test("cycleDetection() denies the second call when one is allowed", () => {
  assertEquals(judge({ identical: 1 }, 1), undefined);
  assertEquals(judge({ identical: 2 }, 1)?.effect, "deny");
});

Deno.test("cycleDetection() denies a call that completes a rotation", () => {
  assertEquals(judge({ identical: 3, rotation: { period: 2, rounds: 3 } }), {
    effect: "deny",
    reason: "the same 2 calls came round 3 times",
    metadata: { repeats: 3, max_repeats: 3, period: 2 },
  });
});

Deno.test("cycleDetection() names identical calls before a rotation", () => {
  assertEquals(
    judge({ identical: 4, rotation: { period: 2, rounds: 3 } })?.metadata,
    { repeats: 4, max_repeats: 3, period: 1 },
  );
});
