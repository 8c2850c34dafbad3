import { assertEquals, assertNotEquals } from "@std/assert";
import { ofEachKind, shuffled, someOf } from "./sample.ts";

const NUMBERS = Array.from({ length: 60 }, (_, at) => at);

Deno.test("shuffled() keeps every item, in an order of the seed alone", () => {
  const mixed = shuffled(NUMBERS, 1);
  assertEquals(mixed, shuffled(NUMBERS, 1));
  assertNotEquals(mixed, shuffled(NUMBERS, 2));
  assertNotEquals(mixed, NUMBERS);
  assertEquals(mixed.toSorted((one, other) => one - other), NUMBERS);
});

for (const seed of [0, 1, 2, 3, 4]) {
  Deno.test(`ofEachKind() draws each kind, for seed ${seed}`, () => {
    const kindsOf = (item: number) => [`of 3: ${item % 3}`, `${item % 20}`];
    const drawn = ofEachKind(NUMBERS, kindsOf, { seed, isFull: false });
    assertEquals(
      new Set(drawn.flatMap(kindsOf)),
      new Set(NUMBERS.flatMap(kindsOf)),
    );
    assertEquals(drawn.length < NUMBERS.length, true);
  });
}

Deno.test("ofEachKind() and someOf() take all where everything is played", () => {
  const isFull = true;
  assertEquals(ofEachKind(NUMBERS, () => ["one"], { isFull }), NUMBERS);
  assertEquals(someOf(NUMBERS, 1, { isFull }), NUMBERS);
});

Deno.test("someOf() draws so many, in their order", () => {
  const drawn = someOf(NUMBERS, 5, { seed: 1, isFull: false });
  assertEquals(new Set(drawn).size, 5);
  assertEquals(drawn, drawn.toSorted((one, other) => one - other));
});
