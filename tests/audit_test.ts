/** A policy that is only audited: what it records, what runs all the same, and what it denies always. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resume } from "../cli/resume.ts";
import { run } from "../cli/run.ts";
import { join } from "../deps.ts";
import type { Artifacts } from "../evidence/artifacts.ts";
import { memorySource } from "../evidence/artifact_source.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import type { PolicyChecked, RunEvent } from "../runtime/record/event.ts";
import { validateTraceText } from "../trace/validate/validate.ts";
import { rewritten } from "./forgery.ts";
import { call } from "./hostile/laid_runs.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";
import { refitted } from "./refitted.ts";

const ignore = lacks("read", "write", "run");

const POLICY = `version: 1
mode: audit
on_deny: terminate
tool_registry: { allowed: [read], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 10 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 0, backoff_base_ms: 100, backoff_cap_ms: 2000 }
deny: [{ id: notes, tools: [read], when: [{ argument: path, starts_with: notes }], reason: notes stay }]
escalate: [{ id: ask, tools: [read], reason: somebody should look }]
`;

const WRITE = `{ tool: write, args: { path: notes/a.md, content: hi } }`;

function task(...calls: readonly string[]): string {
  return `id: audited
question: What is in the notes?
policy: policy.yaml
script:
  - calls:
${calls.map((each) => `      - ${each}`).join("\n")}
  - answer: done
`;
}

/** Runs calls under the policy; the folder holds the run as \`out\`. */
async function audited(
  calls: readonly string[],
  { policy = POLICY, args = ["--audit"] }: {
    readonly policy?: string;
    readonly args?: readonly string[];
  } = {},
) {
  const folder = temporaryFolder();
  const [policyPath, taskPath, out] = ["policy.yaml", "task.yaml", "out"]
    .map((name) => join(folder.path, name));
  Deno.writeTextFileSync(policyPath ?? "", policy);
  Deno.writeTextFileSync(taskPath ?? "", task(...calls));
  const called = await call(run, [taskPath ?? "", "--out", out ?? "", ...args]);
  return {
    ...called,
    out: out ?? "",
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

function eventsOf(out: string): readonly RunEvent[] {
  return readLedger(Deno.readFileSync(join(out, "state.jsonl"))).events;
}

/** The four artifacts; the sandbox beside them is left out. */
function artifactsOf(out: string): Artifacts {
  return new Map(
    [...readArtifacts(out)].filter(([name]) => name !== "sandbox"),
  );
}

function verdictsOf(out: string): readonly PolicyChecked[] {
  return eventsOf(out).filter((event) => event.type === "policy_checked");
}

async function codesFound(
  out: string,
  change: (event: RunEvent) => RunEvent,
): Promise<readonly string[]> {
  const events = refitted(eventsOf(out).map(change));
  const artifacts = await rewritten(artifactsOf(out), events);
  const { findings } = await verifyRun(memorySource(artifacts));
  return findings.map(({ code }) => code);
}

Deno.test({
  name:
    "a policy that is audited records every decision, and calls run all the same",
  ignore,
  async fn() {
    using ran = await audited([
      WRITE,
      "{ tool: read, args: { path: notes/a.md } }",
      "{ tool: read, args: { path: corpus } }",
    ]);
    assertEquals(ran.code, 0, ran.said);
    assertEquals(
      verdictsOf(ran.out).map(({ decision, rule_id, enforced }) => [
        decision,
        rule_id,
        enforced,
      ]),
      [
        ["deny", "tool_registry", false],
        ["deny", "argument_rule", false],
        ["escalate", "approval", false],
      ],
    );
    const artifacts = artifactsOf(ran.out);
    const { findings } = await verifyRun(memorySource(artifacts));
    assertEquals(findings, []);
    assertEquals(validateTraceText(artifacts.get("trace.json") ?? ""), []);
    const report = artifacts.get("run_report.md") ?? "";
    assertStringIncludes(report, "\n\n**Audited, not enforced.**");
    assertStringIncludes(report, "deny `tool_registry`, not enforced");
    assertStringIncludes(
      artifacts.get("trace.json") ?? "",
      '"agent.policy.mode"',
    );
  },
});

for (
  const { calls, rule } of [
    { calls: ["{ tool: read, args: { path: ../x } }"], rule: "sandbox_path" },
    { calls: ["{ tool: read, args: { file: a } }"], rule: "arg_schema" },
    { calls: ["{ tool: shell, args: {} }"], rule: "tool_registry" },
    {
      calls: ['{ tool: fetch, args: { url: "https://127.0.0.1/" } }'],
      rule: "tool_registry",
    },
  ]
) {
  Deno.test({
    name: `a policy that is audited denies ${calls.join()} always`,
    ignore,
    async fn() {
      using ran = await audited(calls);
      const [verdict] = verdictsOf(ran.out);
      assertEquals(
        [verdict?.decision, verdict?.rule_id, verdict?.enforced],
        ["deny", rule, undefined],
      );
      assertEquals(ran.code, 2, ran.said);
      assertEquals(await codesFound(ran.out, (event) => event), []);
    },
  });
}

Deno.test({
  name: "what is audited is said twice: in the policy and on the command line",
  ignore,
  async fn() {
    using untold = await audited([WRITE], { args: [] });
    assertEquals(untold.code, 1);
    assertStringIncludes(untold.said, "say so with --audit");
    using enforced = await audited([WRITE], {
      policy: POLICY.replace("mode: audit", "mode: enforce"),
    });
    assertEquals(enforced.code, 1);
    assertStringIncludes(enforced.said, "Cannot use --audit");
  },
});

Deno.test({
  name: "verify finds what was not enforced, and must have been",
  ignore,
  async fn() {
    using ran = await audited([WRITE]);
    assertEquals(await codesFound(ran.out, (event) => event), []);
    const enforced = await codesFound(ran.out, (event) => {
      if (event.type !== "policy_checked") return event;
      const { enforced: _, ...rest } = event;
      return rest;
    });
    assert(enforced.includes("not_allowed"), enforced.join());
    const told = await codesFound(ran.out, (event) => {
      if (event.type !== "run_started") return event;
      const { mode: _, ...rest } = event;
      return rest;
    });
    assert(told.includes("not_as_decided"), told.join());
    const otherPolicy = await codesFound(
      ran.out,
      (event) =>
        event.type === "run_started"
          ? {
            ...event,
            policy: {
              ...event.policy,
              text: event.policy.text.replace("mode: audit\n", ""),
            },
          }
          : event,
    );
    assert(otherPolicy.includes("not_as_decided"), otherPolicy.join());
  },
});

Deno.test({
  name: "a run that is audited goes on as it began",
  ignore,
  async fn() {
    using ran = await audited([
      WRITE,
      "{ tool: read, args: { path: notes/a.md } }",
    ]);
    const path = join(ran.out, "state.jsonl");
    const whole = Deno.readTextFileSync(path);
    const lines = whole.split("\n");
    for (const name of ["manifest.json", "trace.json", "run_report.md"]) {
      Deno.removeSync(join(ran.out, name));
    }
    const cut = lines.findIndex((line) => line.includes('"tool_finished"')) + 1;
    Deno.writeTextFileSync(path, `${lines.slice(0, cut).join("\n")}\n`);
    const resumed = await call(resume, [ran.out]);
    assertEquals(resumed.code, 0, resumed.said);
    assertEquals(Deno.readTextFileSync(path), whole);
  },
});
