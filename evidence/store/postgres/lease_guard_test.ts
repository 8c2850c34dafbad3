import { assertEquals } from "@std/assert";
import { LeaseGuard } from "./lease_guard.ts";

/** A guard over a lease of 5 s that was taken at 0, and its clocks. */
function guarded() {
  const now = { wall: 0, monotonic: 0 };
  const clocks = { wall: () => now.wall, monotonic: () => now.monotonic };
  const guard = new LeaseGuard({ leaseMs: 5000, clocks, taken: { ...now } });
  return { guard, now };
}

for (
  const { name, wall, monotonic, isShut } of [
    {
      name: "open while both clocks are before it",
      wall: 3999,
      monotonic: 3999,
      isShut: false,
    },
    {
      name: "shut a second before the lease ends",
      wall: 4000,
      monotonic: 4000,
      isShut: true,
    },
    {
      name: "shut when the machine was suspended",
      wall: 9000,
      monotonic: 10,
      isShut: true,
    },
    {
      name: "shut when somebody set the time back",
      wall: -60_000,
      monotonic: 4000,
      isShut: true,
    },
  ]
) {
  Deno.test(`LeaseGuard is ${name}`, () => {
    const { guard, now } = guarded();
    Object.assign(now, { wall, monotonic });
    assertEquals(guard.isShut, isShut);
  });
}

Deno.test("LeaseGuard counts from when the acknowledged statement began", () => {
  const { guard, now } = guarded();
  Object.assign(now, { wall: 2000, monotonic: 2000 });
  const began = guard.moment();
  Object.assign(now, { wall: 3500, monotonic: 3500 });
  guard.renewed(began);
  assertEquals(guard.remainingMs, 2500);
  // An answer that was overtaken by a later one changes nothing.
  guard.renewed({ wall: 0, monotonic: 0 });
  assertEquals(guard.remainingMs, 2500);
});

Deno.test("LeaseGuard stays shut, whatever is acknowledged later", () => {
  const { guard, now } = guarded();
  Object.assign(now, { wall: 4500, monotonic: 4500 });
  assertEquals(guard.isShut, true);
  guard.renewed(guard.moment());
  assertEquals(guard.remainingMs, 4000);
  assertEquals(guard.isShut, true);
});
