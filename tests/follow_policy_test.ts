import { assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { quotable, requoted } from "./follow_policy.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

Deno.test({
  name:
    "requoted() puts the hashes and ids of one run in the place of another's",
  ignore: lacks("read"),
  fn() {
    const ledger = Deno.readTextFileSync(
      join(PROJECT, "runs", CANONICAL_RUN, "state.jsonl"),
    );
    const run_id = "2026-11-22_01234567_0";
    const before = quotable(ledger);
    const after = quotable(forgedLedger(
      ledger,
      (event) => event.type === "run_started" ? { ...event, run_id } : event,
    ));
    const page = (quoted: ReadonlyMap<string, string>) =>
      [
        ...["run", "last line", "trace"],
        ...["changed line of tool_finished 2", "span of tool_started 1"],
      ]
        .map((key) => `${key}: \`${quoted.get(key)}\`\n`).join("");
    assertEquals(requoted(page(before), before, after), page(after));
    assertEquals(page(before) === page(after), false);
    const others = "3c7180cfb495, 0123456789abcdef, 2026-11-22";
    assertEquals(requoted(others, before, after), others);
  },
});
