import { assertEquals } from "@std/assert";
import { lacks } from "../permissions.ts";
import { REHEARSALS } from "../rehearsals.ts";
import { ofEachKind, SAMPLED } from "../sample.ts";
import { HOSTILE_CASES, type HostileCase, isBenign } from "./cases.ts";
import { FAMILIES } from "./families.ts";
import { faultsOf } from "./outcome.ts";
import { runDirectoryInput } from "./run_directory_case.ts";

// One process plays all cases of a family that has one.
const sanitizers = { sanitizeOps: false, sanitizeResources: false };
const disk = { ignore: lacks("read", "write", "run") };

/**
 * What makes cases of the same kind in a family that takes long, of which a day
 * plays each kind; `deno task test:full` and `deno task hostile` play all cases.
 */
const KINDS: Readonly<
  Record<string, (hostile: HostileCase) => readonly string[]>
> = {
  run_directory({ input }) {
    const { command, file, place } = runDirectoryInput(input);
    return [`${command} ${file}`, `${file} ${place}`];
  },
  // Of the sound rehearsals one: evidence/verify_test.ts goes through them all.
  record({ rule_id, input, expected }) {
    const { record } = Object(input);
    const isRehearsed = expected === "allow" &&
      Object.hasOwn(REHEARSALS, record);
    return isRehearsed ? [rule_id] : [rule_id, record];
  },
  // tests/race_inside_test.ts races every call below every exchange.
  race_inside: ({ context }) => [
    String(context.op),
    JSON.stringify(context.change ?? null),
    raceKind(Object(context.race)),
  ],
  // tests/terminal_test.ts has every text said by every command.
  terminal: ({ input, expected }) => [`${expected} ${textKind(String(input))}`],
};

/** What is exchanged while a call is made, for what. */
function raceKind(
  { place = "", hard_link = "" }: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify([place, hard_link]);
}

/** What a text tries first, as the terminal reads it. */
function textKind(text: string): string {
  const escape = text.indexOf("\u001b");
  if (escape >= 0) return text.slice(escape, escape + 2);
  const kinds = [/[\u0080-\u009f]/, /\p{Bidi_Control}/u, /\p{Cc}/u];
  return kinds.find((kind) => kind.test(text))?.source ?? "";
}

const PLAYED = [...Map.groupBy(HOSTILE_CASES, ({ family }) => family)]
  .flatMap(([family, cases]) => {
    const kindsOf = KINDS[family];
    if (kindsOf === undefined) return cases;
    return [
      ...ofEachKind(cases.filter((each) => !isBenign(each)), kindsOf),
      ...ofEachKind(cases.filter(isBenign), kindsOf),
    ];
  });

Deno.test(`the cases that are played (${SAMPLED}) are of every family, and of both kinds in it`, () => {
  const kinds = (cases: readonly HostileCase[]) =>
    new Set(cases.map((each) => `${each.family} ${isBenign(each)}`));
  assertEquals(kinds(PLAYED), kinds(HOSTILE_CASES));
});

for (const hostile of PLAYED) {
  const family = FAMILIES.get(hostile.family);
  const { id, expected, why } = hostile;
  Deno.test(
    `${hostile.family} ${id} wants ${expected}: ${why}`,
    { ...family?.disk ? disk : {}, ...family?.end ? sanitizers : {} },
    async () => {
      if (family === undefined) throw new Error("the family is unknown");
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
