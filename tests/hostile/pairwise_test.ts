import { assertEquals } from "@std/assert";
import { pairwise } from "./pairwise.ts";

Deno.test("pairwise() picks cases that have every pair, and none for nothing", () => {
  const two = ["0", "1"];
  const cases = two.flatMap((a) =>
    two.flatMap((b) => two.map((c) => [a, b, c]))
  );
  assertEquals(
    pairwise(cases, (factors) => factors).map((each) => each.join("")),
    [
      "000",
      "001",
      "010",
      "011",
      "100",
      "101",
      "110",
    ],
  );
});

Deno.test("pairwise() tells factors apart by their place", () => {
  const cases = [["a", "b", null], ["b", "a", null], ["a", "b", null]];
  assertEquals(pairwise(cases, (factors) => factors), cases.slice(0, 2));
});
