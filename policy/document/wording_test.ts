import { assertEquals } from "@std/assert";
import { z } from "../../deps.ts";
import { wording } from "./wording.ts";

for (
  const { schema, value, says } of [
    {
      schema: z.number().check(z.minimum(1)),
      value: 0,
      says: "expected at least 1, found 0",
    },
    {
      schema: z.number().check(z.gt(0)),
      value: 0,
      says: "expected more than 0, found 0",
    },
    {
      schema: z.number().check(z.lt(2)),
      value: 2.5,
      says: "expected less than 2, found 2.5",
    },
    {
      schema: z.int(),
      value: 2 ** 60,
      says: `expected at most ${2 ** 53 - 1}, found ${2 ** 60}`,
    },
    {
      schema: z.string().check(z.minLength(1)),
      value: "",
      says: "expected at least 1 character, found none",
    },
    {
      schema: z.string().check(z.maxLength(2)),
      value: "abc",
      says: "expected at most 2 characters, found 3",
    },
    {
      schema: z.array(z.number()).check(z.minLength(2)),
      value: [1],
      says: "expected at least 2 items, found 1",
    },
    { schema: z.string(), value: undefined, says: "missing; expected string" },
    {
      schema: z.literal(1),
      value: { a: 1 },
      says: 'expected 1, found {"a":1}',
    },
  ]
) {
  Deno.test(`wording() says ${says}`, () => {
    const result = schema.safeParse(value, { error: wording });
    assertEquals(result.error?.issues.map(({ message }) => message), [says]);
  });
}
