import { assertEquals } from "@std/assert";
import { lacks } from "../permissions.ts";
import { HOSTILE_CASES, type HostileCase, isBenign } from "./cases.ts";
import { FAMILIES } from "./families.ts";
import { faultsOf } from "./outcome.ts";
import { pairwise } from "./pairwise.ts";
import { runDirectoryInput } from "./run_directory_case.ts";

// One process plays all cases of a family that has one.
const sanitizers = { sanitizeOps: false, sanitizeResources: false };
const disk = { ignore: lacks("read", "write", "run") };

/**
 * Of the run directories, those that have every pair of command, file and place;
 * `deno task test:full` and `deno task hostile` play them all.
 */
const PLAYED = Deno.args.includes("--full") ? HOSTILE_CASES : [
  ...HOSTILE_CASES.filter((each) => !isLaid(each)),
  ...pairwise(HOSTILE_CASES.filter(isLaid), ({ input }) => {
    const { command, file, place } = runDirectoryInput(input);
    return [command, file, place];
  }),
];

function isLaid(hostile: HostileCase): boolean {
  return hostile.family === "run_directory" && !isBenign(hostile);
}

for (const hostile of PLAYED) {
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
