/**
 * `runAgent`: the program of examples/tickets with a live model on this machine, whose
 * record the command line answers, resumes, verifies and replays; models of one's own;
 * and calls that run at the same time.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { z } from "zod";
import { join } from "../deps.ts";
import {
  loadPolicy,
  runAgent,
  type RunEvent,
  scriptedModel,
  tool,
} from "../mod.ts";
import { completion, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };
const EXAMPLE = join(PROJECT, "examples/tickets/agent.ts");

const call = (id: string, name: string, args: object) => ({
  id,
  name,
  arguments: JSON.stringify(args),
});

Deno.test("the program of examples/tickets has at most 25 lines", needs, () => {
  const lines = Deno.readTextFileSync(EXAMPLE).trimEnd().split("\n");
  assert(lines.length <= 25, `${lines.length} lines`);
});

Deno.test(
  "the program of examples/tickets waits for a person, and the command line goes on with its record",
  needs,
  async () => {
    using folder = temporaryFolder();
    await using server = llmServer([
      completion({ calls: [call("a", "ticket_read", { id: "17" })] }),
      completion({
        calls: [call("b", "ticket_update", { id: "17", text: "closed" })],
      }),
      completion({ content: "It is closed." }),
    ]);
    const permissions = [
      ...["--allow-read", "--allow-write", "--allow-env=SMALL_KEY"],
      "--allow-net=127.0.0.1",
    ];
    const env = { SMALL_KEY: "sk-1" };
    const cwd = folder.path;
    const began = await program(
      ["openai-compatible:small", server.baseUrl, "SMALL_KEY"],
      { cwd, env, permissions, program: EXAMPLE },
    );
    assertEquals(began.code, 0, began.stderr);
    assertStringIncludes(began.stdout, 'outcome: "waiting"');
    const approved = await warmProgram(
      ["approvals", "approve", "out", "--by", "ada"],
      { cwd },
    );
    assertEquals(approved.code, 0, approved.stderr);
    const resumed = await warmProgram(
      [
        ...["resume", "out", "--tools", EXAMPLE],
        ...["--llm", "openai-compatible:small", "--base-url", server.baseUrl],
        ...["--api-key-env", "SMALL_KEY"],
      ],
      { cwd, env, permissions },
    );
    assertEquals(resumed.code, 0, resumed.stderr);
    assertStringIncludes(resumed.stdout, "It is closed.");
    assertEquals(server.requests.length, 3);
    for (const command of ["verify", "replay"]) {
      const checked = await warmProgram([command, "out"], { cwd });
      assertEquals(checked.code, 0, checked.stdout + checked.stderr);
    }
  },
);

function policyOf(parallel: number) {
  return loadPolicy(
    `version: 1
on_deny: continue
tool_registry: { allowed: [work], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 5, max_parallel: ${parallel} }
cycle_detection: { max_repeats: 3, max_period: 2 }
retry: { max_retries: 2, backoff_base_ms: 1, backoff_cap_ms: 2 }
`,
    "policy.yaml",
  );
}

/** A tool that takes `ms` of real time, and counts how often it ran for each id. */
function workTool(ms: number, runs: Map<string, number>) {
  return tool({
    name: "work",
    description: "Work for a while",
    args: z.strictObject({ id: z.string() }),
    effects: {},
    async run({ id }) {
      runs.set(id, (runs.get(id) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { done: id };
    },
  });
}

const THREE = ["a", "b", "c"].map((id) => ({
  id,
  tool: "work",
  args_json: JSON.stringify({ id }),
}));

/** A model of one's own that proposes three calls, and answers then. */
const asks = ({ step }: { readonly step: number }) =>
  Promise.resolve(step === 1 ? { calls: THREE } : { answer: "Done." });

Deno.test(
  "a model of one's own that throws an ordinary network error is tried again",
  needs,
  async () => {
    using folder = temporaryFolder();
    let fails = 2;
    const end = await runAgent({
      question: "Work.",
      policy: policyOf(1),
      tools: [workTool(0, new Map())],
      llm: (input) =>
        fails-- > 0
          ? Promise.reject(new TypeError("error sending request for url"))
          : asks(input),
      out: join(folder.path, "out"),
    });
    assertEquals([end.outcome, end.answer], ["ended", "Done."]);
  },
);

Deno.test(
  "a model that cannot be asked leaves a run that runAgent goes on with",
  needs,
  async () => {
    using folder = temporaryFolder();
    const options = {
      question: "Work.",
      policy: policyOf(1),
      tools: [workTool(0, new Map())],
      out: join(folder.path, "out"),
    };
    const out = await runAgent({
      ...options,
      llm: () => Promise.reject(new TypeError("fetch failed")),
    });
    assertEquals(out.outcome, "model_out");
    await assertRejects(
      () => runAgent({ ...options, question: "Play.", llm: asks }),
      RangeError,
      "it was asked another question",
    );
    const end = await runAgent({ ...options, llm: asks });
    assertEquals(end.answer, "Done.");
    await assertRejects(
      () => runAgent({ ...options, llm: asks }),
      RangeError,
      "it is finished",
    );
  },
);

Deno.test(
  "three calls of one second that are proposed together take about as long as one",
  needs,
  async () => {
    const took = async (parallel: number, ms: number) => {
      using folder = temporaryFolder();
      const times: number[] = [];
      const watch = ({ type, ts }: RunEvent) => {
        if (type === "tool_started" || type === "tool_finished") {
          times.push(Number(BigInt(ts) / 1_000_000n));
        }
      };
      const end = await runAgent({
        question: "Work.",
        policy: policyOf(parallel),
        tools: [workTool(ms, new Map())],
        llm: asks,
        out: join(folder.path, "out"),
        watch,
      });
      assertEquals(end.answer, "Done.");
      return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / ms;
    };
    const [together, inTurn] = [await took(4, 1000), await took(1, 300)];
    assert(together < 1.8, `${together} times as long as one`);
    assert(inTurn >= 3, `${inTurn} times as long as one`);
  },
);

Deno.test(
  "a run with calls side by side that was killed at any event goes on, and repeats nothing with a receipt",
  needs,
  async () => {
    using folder = temporaryFolder();
    const whole = join(folder.path, "whole");
    const options = { question: "Work.", policy: policyOf(4), llm: asks };
    await runAgent({
      ...options,
      tools: [workTool(5, new Map())],
      out: whole,
    });
    const lines = Deno.readTextFileSync(join(whole, "state.jsonl")).trimEnd()
      .split("\n");
    for (let count = 1; count < lines.length; count++) {
      const out = join(folder.path, `cut_${count}`);
      Deno.mkdirSync(join(out, "sandbox"), { recursive: true });
      const kept = lines.slice(0, count);
      Deno.writeTextFileSync(join(out, "state.jsonl"), `${kept.join("\n")}\n`);
      const runs = new Map<string, number>();
      const end = await runAgent({
        ...options,
        tools: [workTool(5, runs)],
        out,
      });
      assertEquals(end.outcome, "ended", `${count} lines`);
      const begun = kept.map((line) => JSON.parse(line))
        .filter(({ type }) => type === "tool_started")
        .map(({ args }) => args.id);
      // What has begun has a receipt or an outcome that is not known.
      for (const id of begun) assertEquals(runs.get(id), undefined);
      const checked = await warmProgram(["verify", out], { cwd: folder.path });
      assertEquals(checked.code, 0, `${count}: ${checked.stdout}`);
    }
  },
);

Deno.test(
  "a scripted run leaves the same bytes however many calls the policy allows at once",
  needs,
  async () => {
    using folder = temporaryFolder();
    const ledgers: string[] = [];
    for (const name of ["one", "two"]) {
      const out = join(folder.path, name);
      const end = await runAgent({
        question: "Work.",
        policy: policyOf(4),
        tools: [workTool(3, new Map())],
        llm: scriptedModel([
          { calls: ["a", "b"].map((id) => ({ tool: "work", args: { id } })) },
          { answer: "Done." },
        ]),
        out,
      });
      assertEquals(end.answer, "Done.");
      ledgers.push(Deno.readTextFileSync(join(out, "state.jsonl")));
    }
    assertEquals(ledgers[0], ledgers[1]);
  },
);
