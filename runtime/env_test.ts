import { assertEquals } from "@std/assert";
import { virtualClock } from "./env.ts";

Deno.test("virtualClock() starts where it is told and goes on by a millisecond a reading", () => {
  const { now } = virtualClock(1_795_338_000_000_000_000n);
  assertEquals([now(), now(), now()], [
    1_795_338_000_000_000_000n,
    1_795_338_000_001_000_000n,
    1_795_338_000_002_000_000n,
  ]);
});

Deno.test("virtualClock() moves on by what it slept, and nobody waits", async () => {
  const { now, sleep } = virtualClock(0n);
  now();
  await sleep(250);
  assertEquals(now(), 251_000_000n);
  await sleep(0);
  assertEquals(now(), 252_000_000n);
});

Deno.test("virtualClock() is not moved by another clock", () => {
  const [one, other] = [virtualClock(0n), virtualClock(0n)];
  one.now();
  assertEquals(other.now(), 0n);
});
