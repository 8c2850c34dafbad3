import { assertEquals } from "@std/assert";
import { argSchema } from "./arg_schema.ts";
import type { CallArguments } from "../arguments.ts";
import { proposed } from "../../tests/proposal.ts";

function judge(args: CallArguments) {
  return argSchema().opinion(proposed({ args }));
}

Deno.test("argSchema() has its public id", () => {
  assertEquals(argSchema().id, "arg_schema");
});

Deno.test("argSchema() says nothing of arguments that fit", () => {
  assertEquals(judge({ ok: true, value: {}, canonical: "{}" }), undefined);
});

for (
  const { path, want } of [
    { path: "", want: "the arguments do not fit the tool's schema: too small" },
    {
      path: "filter.tags[2]",
      want:
        'the arguments do not fit the tool\'s schema at "filter.tags[2]": too small',
    },
  ]
) {
  Deno.test(`argSchema() denies arguments that do not fit at ${JSON.stringify(path)}`, () => {
    assertEquals(
      judge({
        ok: false,
        value: {},
        canonical: "{}",
        reason: "too small",
        path,
      }),
      {
        effect: "deny",
        reason: want,
        metadata: { schema_error: "too small", failed_path: path },
      },
    );
  });
}
