import { assertEquals } from "@std/assert";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { redactionSchema } from "./redaction_schema.ts";

Deno.test("redactionSchema knows every place where an event has texts", async () => {
  const stages = Object.values(REHEARSALS).map((rehearsal) => rehearsal());
  const events = (await Promise.all(stages.map(rehearse))).flat();
  const unknown = events.flatMap((event) => Object.entries(event))
    .filter(([, value]) => texts(value).length > 0)
    .map(([name]) => ({
      name,
      ...redactionSchema.safeParse({ paths: [`$.${name}`] }),
    }))
    .filter(({ error }) =>
      error?.issues[0]?.message.startsWith("no event") === true
    )
    .map(({ name }) => name);
  assertEquals(unknown, []);
});

function texts(value: unknown): readonly string[] {
  const found: string[] = [];
  JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === "string") found.push(each);
    return each;
  });
  return found;
}
