import { assert } from "@std/assert";
import { HEAVY_ARGUMENTS } from "../hostile/heavy_inputs.ts";
import { clocked, timesAsLong } from "../times_as_long.ts";
import { patterns, plainClauses } from "./clause_gates.ts";

/** What is linear stays below this by far; what is quadratic over 64 KiB is above. */
const LIMIT = 150;

const LONG = HEAVY_ARGUMENTS["many small objects"] ?? "";

for (
  const { what, open } of [
    { what: "200 clauses", open: plainClauses(200) },
    { what: "16 patterns", open: patterns(16) },
  ]
) {
  for (
    const name of [
      "combining characters to the end",
      "dots encoded over and over",
      "many URLs",
      "integers of 15 digits",
    ]
  ) {
    Deno.test(`${what} take at most ${LIMIT} times as long over ${name} as reading 64 KiB of JSON`, async () => {
      const args_json = HEAVY_ARGUMENTS[name] ?? "";
      const ratio = await timesAsLong({
        work: clocked(() => {
          const gate = open();
          gate.judge(gate.propose({ tool: "mail.send", args_json }));
        }),
        unit: clocked(() => JSON.parse(LONG)),
        limit: LIMIT,
      });
      assert(ratio <= LIMIT, `${ratio} times as long`);
    });
  }
}
