import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { recorded } from "../../tests/forgery.ts";
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

Deno.test("verifyRun() asks for a reader only when the policy may redact", async () => {
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
