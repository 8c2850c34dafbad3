import { assertEquals } from "@std/assert";
import { lacks } from "../permissions.ts";
import { HOSTILE_CASES, isBenign } from "./cases.ts";
import { FAMILIES } from "./families.ts";
import { faultsOf } from "./outcome.ts";

// One process plays all cases of a family that has one.
const sanitizers = { sanitizeOps: false, sanitizeResources: false };
const disk = { ignore: lacks("read", "write", "run") };

for (const hostile of HOSTILE_CASES) {
  const family = FAMILIES.get(hostile.family);
  const { id, expected, why } = hostile;
  Deno.test(
    `${hostile.family} ${id} wants ${expected}: ${why}`,
    { ...family?.disk ? disk : {}, ...family?.end ? sanitizers : {} },
    async () => {
      if (family === undefined) throw new Error("nobody plays this family");
      assertEquals(faultsOf(hostile, await family.play(hostile)), []);
    },
  );
}

for (const [name, { end }] of FAMILIES) {
  if (end === undefined) continue;
  Deno.test(`the process that plays ${name} ends`, sanitizers, end);
}

Deno.test("every case has a name of its own, and is benign when it is to be allowed", () => {
  const ids = HOSTILE_CASES.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const hostile of HOSTILE_CASES) {
    assertEquals(isBenign(hostile), hostile.expected === "allow", hostile.id);
  }
});

Deno.test("every family of the cases can be played, and has some", () => {
  const names = new Set(HOSTILE_CASES.map(({ family }) => family));
  assertEquals([...FAMILIES.keys()].toSorted(), [...names].toSorted());
});
