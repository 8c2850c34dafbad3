import { assertEquals, assertRejects } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { join, z } from "../deps.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import { runDirectory } from "../evidence/store/run_directory.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { PENDING, PendingApprovalError } from "../runtime/approval/approval.ts";
import { virtualClock } from "../runtime/env.ts";
import { agentLoop } from "../runtime/loop.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import { toolRegistry } from "../tools/registry.ts";
import { standardSchema } from "../tools/schema.ts";
import type { Tool } from "../tools/tool.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";
import { said } from "./said.ts";

const pipe = { isTerminal: false };

const POLICY = `version: 1
on_deny: terminate
tool_registry: { allowed: [send], denied: [] }
url_allowlist: []
escalate: [{ tools: [send], reason: mail leaves the house }]
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 3 }
cycle_detection: { max_repeats: 2, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`;

const SEND: Tool = {
  name: "send",
  description: "Send a mail",
  effects: {},
  args: standardSchema(z.strictObject({ to: z.string() })),
  run: () => Promise.resolve("sent"),
};

/** Leaves a run of a program that uses this one as a library, as it waits for approval. */
async function waitingRun(out: string): Promise<void> {
  const model = scriptedLlm([{
    calls: [{ tool: "send", args: { to: "ada" } }],
  }]);
  using sink = runDirectory(out);
  const run = agentLoop({
    runId: "foreign",
    seed: 0,
    task: { id: "foreign", question: "Send it.", text: "Send it." },
    policy: loadPolicy(POLICY, "policy.yaml"),
    tools: toolRegistry<Tool>([SEND]),
    sandbox: directorySandbox(out),
    llm: model.llm,
    model: {
      execution_path: "stub",
      provider: "scripted",
      model: "own",
      script_sha256: model.sha256,
    },
    corpus: { sha256: "0".repeat(64), documents: 0 },
  }, {
    ...virtualClock(0n),
    resolve: () => Promise.resolve(undefined),
    approver: () => Promise.resolve(PENDING),
    signal: new AbortController().signal,
  });
  const volatile = () => ({
    timestamp: "",
    wall_clock_seconds: 0,
    git_sha: null,
  });
  await assertRejects(
    () => recordRun(run, sink, { programVersion: config.version, volatile }),
    PendingApprovalError,
  );
}

Deno.test(
  "the commands do not promise to go on with a run of another program",
  { ignore: lacks("read", "write") },
  async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, "run");
    await waitingRun(out);
    const next = "only the program that began the run can resume it";
    assertEquals((await said(["approvals", "list", out], pipe)).code, 3);
    assertEquals(
      await said(["approvals", "approve", out, "--by", "ada"], pipe),
      {
        code: 0,
        data: [`approved by ada; ${next}`],
        notes: [],
      },
    );
    const { code, data, notes } = await said(["approvals", "list", out], pipe);
    assertEquals([code, notes], [0, []]);
    assertEquals(
      data.map((line) => line.replace(/question [0-9a-f]{12}/, "question HEX")),
      [
        `${out}: question HEX: it was approved by ada; ${next}`,
      ],
    );
    assertEquals(
      await said(["approvals", "reject", out, "--by", "bob"], pipe),
      {
        code: 1,
        data: [],
        notes: [
          `Cannot reject: it was approved by ada; ${next}; see approvals --help`,
        ],
      },
    );
    assertEquals(await said(["resume", out], pipe), {
      code: 1,
      data: [],
      notes: [
        `${
          join(out, "state.jsonl")
        }:1: ${next}: its task is not one of a task file`,
      ],
    });
  },
);
