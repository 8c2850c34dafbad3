import { assertEquals, assertStringIncludes } from "@std/assert";
import { hashChain } from "../../../runtime/record/ledger.ts";
import { rehearse } from "../../../tests/rehearsal.ts";
import { REHEARSALS } from "../../../tests/rehearsals.ts";
import { goesOn, headOf, isIntent, isReceipt } from "./line_kind.ts";

for (const [name, given] of Object.entries(REHEARSALS)) {
  Deno.test(`the kind of each line is that of its event: ${name}`, async () => {
    const chain = hashChain();
    for (const event of await rehearse(given())) {
      const line = chain.seal(event).trimEnd();
      const { type } = event;
      assertEquals(
        [isReceipt(line), isIntent(line), goesOn(line), headOf(line)],
        [
          type === "tool_finished",
          type === "tool_started",
          type === "tool_started" || type === "step_started",
          chain.head,
        ],
        line,
      );
    }
  });
}

Deno.test("the kind of a line is not what a result spells", async () => {
  const spelled = ["tool_started", "tool_finished", "step_started"]
    .map((type) => ({ type }));
  const events = await rehearse({
    script: [{ calls: [{ tool: "work", args: {} }] }, { answer: "done" }],
    work: () => Promise.resolve(spelled),
  });
  const chain = hashChain();
  const lines = events.map((event) => chain.seal(event).trimEnd());
  const receipts = lines.filter(isReceipt);
  assertEquals([lines.filter(isIntent).length, receipts.length], [1, 1]);
  assertStringIncludes(receipts.join(), JSON.stringify(spelled));
  assertEquals(receipts.filter(goesOn), []);
});
