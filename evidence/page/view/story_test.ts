import { assertEquals } from "@std/assert";
import { hashChain } from "../../../runtime/record/ledger.ts";
import { rehearse } from "../../../tests/rehearsal.ts";
import { REHEARSALS } from "../../../tests/rehearsals.ts";
import { recordedLines } from "./recorded_lines.ts";
import { rowText } from "./row_text.ts";
import { rowTone, type Story, storyOf } from "./story.ts";

async function storyOfRehearsal(
  given: Parameters<typeof rehearse>[0],
): Promise<Story> {
  const chain = hashChain();
  const events = await rehearse(given);
  return storyOf(recordedLines(events.map(chain.seal).join("")));
}

function told({ rows }: Story): readonly string[] {
  return rows.filter(({ kind }) => kind !== "step").map((row) => {
    const { name, about, note } = rowText(row);
    return [row.kind, rowTone(row), name, about, note].join(" | ");
  });
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`storyOf() has a row for every event of ${name} but the first`, async () => {
    const events = await rehearse(make());
    const { rowOf, rows } = await storyOfRehearsal(make());
    assertEquals(
      [...rowOf.keys()].sort((a, b) => a - b),
      events.map(({ seq }) => seq).slice(1),
    );
    assertEquals(rows.filter(({ kind }) => kind === "other"), []);
  });
}

Deno.test("storyOf() puts what became of a call into its row", async () => {
  assertEquals(told(await storyOfRehearsal(REHEARSALS.approved())), [
    "model | model | model | proposes work | 0 + 0 tokens",
    "call | allow | work | go | approved by ada; null",
    "model | model | answer | done | 0 + 0 tokens",
    "end | plain | end | final_answer | 2 steps",
  ]);
});

Deno.test("storyOf() shows lines that it does not know as they are", () => {
  const lines = [
    '{"v":3,"seq":0,"ts":"5","step":0,"type":"call_proposed"}',
    "not JSON",
    '{"type":"llm_completed","seq":2,"ts":"x","step":1}',
    '{"type":"policy_checked"}',
    "[]",
    '"text"',
    "",
  ];
  const { rows } = storyOf(recordedLines(lines.join("\n") + "\n"));
  assertEquals(rows.flatMap(({ seqs }) => seqs).length >= lines.length, true);
  for (const row of rows) rowText(row);
});

Deno.test("storyOf() of nothing is nothing", () => {
  const { rows, bars, tookMs } = storyOf([]);
  assertEquals([rows, bars, tookMs], [[], [], 0]);
});
