import { assertEquals, assertThrows } from "@std/assert";
import { deriveSeed, seeded } from "./seeded.ts";

Deno.test("seeded() follows mulberry32", () => {
  // Computed by an independent implementation in another language.
  const draw = seeded(20261122);
  assertEquals(
    Array.from({ length: 6 }, () => draw.integer(0, 999_999)),
    [836994, 105305, 3169, 890176, 552783, 608913],
  );
});

Deno.test("deriveSeed() follows FNV-1a", () => {
  assertEquals(deriveSeed(20261122, "op-07"), 4293063497);
});

Deno.test("seeded() draws both bounds and nothing beyond", () => {
  const draw = seeded(1);
  const drawn = new Set(Array.from({ length: 200 }, () => draw.integer(3, 5)));
  assertEquals([...drawn].sort(), [3, 4, 5]);
});

Deno.test("seeded() picks every item of a list", () => {
  const draw = seeded(2);
  const picked = new Set(
    Array.from({ length: 100 }, () => draw.pick(["a", "b"])),
  );
  assertEquals([...picked].sort(), ["a", "b"]);
});

for (const seed of [-1, 1.5, NaN, 0x100000000]) {
  Deno.test(`seeded() and deriveSeed() reject the seed ${seed}`, () => {
    const message = `Cannot seed the generator with "${seed}"`;
    assertThrows(() => seeded(seed), RangeError, message);
    assertThrows(() => deriveSeed(seed, "op-01"), RangeError, message);
  });
}

Deno.test("seeded() rejects disordered bounds and an empty list", () => {
  const draw = seeded(3);
  assertThrows(() => draw.integer(2, 1), RangeError, `Cannot draw from "2..1"`);
  assertThrows(() => draw.integer(0.5, 1), RangeError, "Cannot draw from");
  assertThrows(() => draw.pick([]), RangeError, "Cannot pick from");
});
