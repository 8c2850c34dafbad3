import { assertEquals } from "@std/assert";
import { proposed } from "../../tests/proposal.ts";
import { z } from "../../deps.ts";
import { standardSchema } from "../../tools/schema.ts";
import { conditionsOn } from "./argument_condition.ts";
import type { FirstCondition as Condition } from "./first_conditions.ts";

const SECRET = "<sandbox>/secret/key.md";

function asks(when: Omit<Condition, "argument">, resolved: string): boolean {
  const proposal = proposed({
    tool: {
      name: "read",
      description: "",
      effects: { reads: ["path"] },
      args: standardSchema(z.strictObject({ path: z.string() })),
    },
    args: { ok: true, value: { path: "link" }, canonical: '{"path":"link"}' },
    inspect: () => ({
      resolved,
      inside: true,
      viaLink: true,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  });
  return conditionsOn(proposal)({ argument: "path", ...when });
}

const SPELLED = [
  "secret/",
  "secret//",
  ".//secret/",
  "./secret/",
  "././secret/./",
  "/secret//",
  "//secret/",
  "notes/../secret/",
  "notes/x/../../secret/",
  "./notes/..//secret/",
  "/notes/../secret/",
  "<sandbox>//secret/",
  "<sandbox>/notes/../secret/",
];

for (
  const { when, resolved, want } of [
    ...SPELLED.flatMap((text) => [
      { when: { starts_with: text }, resolved: SECRET, want: true },
      { when: { equals: `${text}key.md` }, resolved: SECRET, want: true },
      { when: { equals: `${text}key.md/.` }, resolved: SECRET, want: true },
      { when: { contains: text }, resolved: SECRET, want: true },
      {
        when: { starts_with: text },
        resolved: "<sandbox>/secrets/a",
        want: false,
      },
      {
        when: { equals: text },
        resolved: "<sandbox>/secret/a",
        want: false,
      },
    ]),
    ...[".", "./", "/", "notes/..", "./.", "<sandbox>", "<sandbox>/"].map(
      (equals) => ({ when: { equals }, resolved: "<sandbox>", want: true }),
    ),
    { when: { equals: "." }, resolved: SECRET, want: false },
    { when: { starts_with: "./." }, resolved: "<sandbox>/.env", want: true },
    { when: { starts_with: "./." }, resolved: SECRET, want: false },
    { when: { starts_with: "." }, resolved: "<sandbox>/.env", want: true },
    { when: { starts_with: "../secret" }, resolved: SECRET, want: false },
    { when: { contains: "a/.." }, resolved: SECRET, want: false },
    { when: { contains: ".." }, resolved: SECRET, want: false },
    { when: { longer_than: 4 }, resolved: SECRET, want: true },
  ]
) {
  Deno.test(`conditionsOn() says ${want} of what leads to ${resolved} with ${JSON.stringify(when)}`, () => {
    assertEquals(asks(when, resolved), want);
  });
}
