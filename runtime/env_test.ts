import { assertEquals } from "@std/assert";
import { virtualClock } from "./env.ts";

Deno.test("virtualClock() starts at the given time and advances a millisecond a reading", () => {
  const { now } = virtualClock(1_795_338_000_000_000_000n);
  assertEquals([now(), now(), now()], [
    1_795_338_000_000_000_000n,
    1_795_338_000_001_000_000n,
    1_795_338_000_002_000_000n,
  ]);
});

Deno.test("virtualClock() advances by each sleep without waiting", async () => {
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

Deno.test("virtualClock() reaches a deadline only when it is told to, and moves on by it", () => {
  const clock = virtualClock(0n);
  let expired = 0;
  using _deadline = clock.deadline(250, () => expired += 1);
  assertEquals([clock.now(), expired], [0n, 0]);
  clock.expire();
  assertEquals([clock.now(), expired], [251_000_000n, 1]);
});

Deno.test("virtualClock() forgets a deadline that is disposed of", () => {
  const clock = virtualClock(0n);
  const expired: string[] = [];
  const first = clock.deadline(10, () => expired.push("first"));
  const second = clock.deadline(20, () => expired.push("second"));
  second[Symbol.dispose]();
  clock.expire();
  assertEquals(expired, ["first"]);
  first[Symbol.dispose]();
  clock.expire();
  assertEquals(clock.now(), 10_000_000n);
});
