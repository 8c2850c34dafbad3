import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import { eventsIn, recorded, rewritten } from "../../tests/forgery.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { type ArtifactSource, memorySource } from "../artifact_source.ts";
import { withoutRedaction } from "../report/report_redaction.ts";
import { policyReader } from "./decisions/recorded_policy.ts";
import { verifyRun } from "./mod.ts";

const REDACTING = {
  ...REHEARSALS.one_call(),
  policy: { redact: { patterns: ["done"] } },
};
const policies = () => Promise.resolve(policyReader);

function codesIn(
  { findings }: Awaited<ReturnType<typeof verifyRun>>,
): readonly unknown[] {
  return findings.map(({ code, artifact, line }) => [code, artifact, line]);
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`verifyRun() of the light entry finds nothing in ${name}`, async () => {
    const source = memorySource(await recorded(make()));
    const found = await verifyRun(source, { policies });
    assertEquals(codesIn(found), []);
    assertEquals([found.regenerated, found.redecided], [true, false]);
  });
}

Deno.test("verifyRun() asks for a reader only when the policy may have a say", async () => {
  let asked = 0;
  const counting = () => {
    asked++;
    return policies();
  };
  const plain = memorySource(await recorded(REHEARSALS.one_call()));
  await verifyRun(plain, { policies: counting });
  assertEquals(asked, 0);

  const artifacts = await recorded(REDACTING);
  assertStringIncludes(artifacts.get("run_report.md") ?? "", "[redacted]");
  const source = memorySource(artifacts);
  const found = await verifyRun(source, { policies: counting });
  assertEquals(codesIn(found), []);
  assertEquals([found.regenerated, asked], [true, 1]);
});

Deno.test("verifyRun() makes no report when nothing reads a policy that may redact", async () => {
  const artifacts = await recorded(REDACTING);
  const found = await verifyRun(memorySource(artifacts));
  assertEquals(codesIn(found), [["policy_unread", "state.jsonl", 1]]);
  assertEquals(found.regenerated, false);
});

Deno.test("verifyRun() takes no policy that comes after another first line was read", async () => {
  const plain = memorySource(await recorded(REHEARSALS.one_call()));
  const redacting = memorySource(await recorded(REDACTING));
  let reads = 0;
  const changing: ArtifactSource = {
    entries: () => redacting.entries(),
    chunks: (name) =>
      name === "state.jsonl" && reads++ === 0
        ? plain.chunks(name)
        : redacting.chunks(name),
  };
  const found = await verifyRun(changing, { policies });
  assertEquals(codesIn(found), [["policy_unread", "state.jsonl", 1]]);
});

Deno.test("verifyRun() says when nothing reads for how long answers count", async () => {
  const artifacts = await recorded({
    ...REHEARSALS.one_call(),
    policy: { approval: { expires_seconds: 60 } },
  });
  const source = memorySource(new Map([...artifacts, ["approvals.jsonl", ""]]));
  assertEquals(codesIn(await verifyRun(source)), [
    ["policy_unread", "approvals.jsonl", undefined],
  ]);
  assertEquals(codesIn(await verifyRun(source, { policies })), []);
});

/** A run as somebody leaves it who changed the cost in its totals, and made everything anew. */
async function withCost(
  name: "one_call" | "cost_within_its_budget",
  cost: string | null | undefined,
): Promise<ArtifactSource> {
  const artifacts = await recorded(REHEARSALS[name]());
  const events = eventsIn(artifacts).map((event): RunEvent => {
    if (event.type !== "run_finished") return event;
    const { cost: _cost, ...totals } = event.totals;
    return cost === undefined
      ? { ...event, v: 1, totals }
      : { ...event, v: 2, totals: { ...totals, cost } };
  });
  return memorySource(await rewritten(artifacts, events));
}

for (
  const { cost, codes } of [
    { cost: "0.0000875 EUR", codes: [] },
    { cost: "0.00 EUR", codes: ["wrong_totals"] },
    { cost: null, codes: ["wrong_totals"] },
    { cost: undefined, codes: ["wrong_totals"] },
  ]
) {
  Deno.test(`verifyRun() counts a cost of ${cost} again only with what reads the prices`, async () => {
    const source = await withCost("cost_within_its_budget", cost);
    const { findings } = await verifyRun(source, { policies });
    assertEquals(findings.map(({ code }) => code), codes);

    const unread = await verifyRun(source);
    assertEquals(unread.findings.map(({ code, message }) => [code, message]), [[
      "policy_unread",
      "the policy may limit the cost, and was not read: totals.cost was not counted again",
    ]]);
    assertEquals(unread.regenerated, true);
  });
}

Deno.test("verifyRun() needs no reader to refuse a cost where the policy limits none", async () => {
  const source = await withCost("one_call", "0.00 EUR");
  const { findings } = await verifyRun(source);
  assertEquals(findings.map(({ code }) => code), ["wrong_totals"]);
});

Deno.test("withoutRedaction() takes no text that may redact", () => {
  assertEquals(withoutRedaction("version: 1\n").patterns, 0);
  for (const text of ["redact: {}\n", '"\\x72edact": {}\n']) {
    assertThrows(
      () => withoutRedaction(text),
      RangeError,
      "Cannot report on a run whose policy was not read",
    );
  }
});
