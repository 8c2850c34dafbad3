/**
 * Live runs whose cost is limited, against servers of the three wire formats: what
 * they report of caches and reasoning is on record, priced, and recounted offline.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { type Answer, body, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };
const KEY = "sk-live-4f1d0c2b9a";

/** An input of 100 tokens, 60 of them cached; an output of 20 tokens, 8 of them reasoning. */
interface Format {
  readonly provider: string;
  /** Names it in the policy. */
  readonly recorded: string;
  readonly keyName: string;
  /** Calls `search`; the second answer is text. */
  readonly answer: (call: boolean, model: string) => unknown;
  readonly usage: object;
}

const QUERY = { query: "tea" };

const FORMATS: readonly Format[] = [
  {
    provider: "openai",
    recorded: "openai",
    keyName: "OPENAI_API_KEY",
    answer: (call, model) => ({
      model,
      choices: [{
        index: 0,
        finish_reason: call ? "tool_calls" : "stop",
        message: {
          role: "assistant",
          ...call
            ? {
              content: null,
              tool_calls: [{
                id: "c1",
                type: "function",
                function: { name: "search", arguments: JSON.stringify(QUERY) },
              }],
            }
            : { content: "There is tea." },
        },
      }],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 60 },
        completion_tokens_details: { reasoning_tokens: 8 },
      },
    }),
    usage: {
      input_tokens: 100,
      cached_input_tokens: 60,
      output_tokens: 12,
      reasoning_tokens: 8,
      total_tokens: 120,
    },
  },
  {
    provider: "anthropic",
    recorded: "anthropic",
    keyName: "ANTHROPIC_API_KEY",
    answer: (call, model) => ({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model,
      content: call
        ? [{ type: "tool_use", id: "c1", name: "search", input: QUERY }]
        : [{ type: "text", text: "There is tea." }],
      stop_reason: call ? "tool_use" : "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: 30,
        cache_read_input_tokens: 60,
        cache_creation_input_tokens: 10,
        output_tokens: 20,
      },
    }),
    usage: {
      input_tokens: 100,
      cached_input_tokens: 60,
      cache_write_tokens: 10,
      output_tokens: 20,
    },
  },
  {
    provider: "google",
    recorded: "gcp.gemini",
    keyName: "GEMINI_API_KEY",
    answer: (call, model) => ({
      candidates: [{
        index: 0,
        finishReason: "STOP",
        content: {
          role: "model",
          parts: [
            call
              ? { functionCall: { id: "c1", name: "search", args: QUERY } }
              : { text: "There is tea." },
          ],
        },
      }],
      usageMetadata: {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 12,
        thoughtsTokenCount: 8,
        totalTokenCount: 120,
      },
      modelVersion: model,
      responseId: "r1",
    }),
    usage: {
      input_tokens: 100,
      cached_input_tokens: 60,
      output_tokens: 12,
      reasoning_tokens: 8,
      total_tokens: 120,
    },
  },
];

const PRICES =
  "{ input: 100, output: 1000, cached_input: 10, cache_write: 125, reasoning: 2000 }";

/** Of one answer, in 10^-9 of a unit. */
const COST_OF_ONE: Readonly<Record<string, number>> = {
  openai: 40 * 100 + 60 * 10 + 12 * 1000 + 8 * 2000,
  anthropic: 30 * 100 + 60 * 10 + 10 * 125 + 20 * 1000,
  google: 40 * 100 + 60 * 10 + 12 * 1000 + 8 * 2000,
};

function money(nanos: number): string {
  return `0.${String(nanos).padStart(9, "0").replace(/0+$/, "")} EUR`;
}

/** A folder with a task that is answered by `model-1` or its dated name. */
function laidDown(
  { recorded }: Format,
  { amount, models = ["model-1", "model-1-2026"] }: {
    readonly amount: string;
    readonly models?: readonly string[];
  },
) {
  const folder = temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(join(folder.path, name), text);
  const prices = models.map((model) =>
    `      ${recorded}/${model}: ${PRICES}\n`
  ).join("");
  const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"));
  const limit =
    `  max_cost:\n    amount: "${amount}"\n    currency: EUR\n    prices:\n${prices}`;
  write(
    "policy.yaml",
    policy.replace("  max_tool_calls", `${limit}  max_tool_calls`),
  );
  write(
    "cheap.yaml",
    policy.replace(
      "  max_tool_calls",
      `${limit.replace(amount, "0.000000001")}  max_tool_calls`,
    ),
  );
  write(
    "task.yaml",
    "id: live\nquestion: Is there tea?\npolicy: policy.yaml\ncorpus: notes\n",
  );
  Deno.mkdirSync(join(folder.path, "notes"));
  write("notes/tea.md", "# Tea\n\nThere is tea.\n");
  return folder;
}

/** Asks a server that answers as told, and returns how the program ended. */
async function run(
  path: string,
  { provider, keyName }: Format,
  answers: readonly Answer[],
) {
  await using server = llmServer(answers);
  const ended = await warmProgram(
    [
      ...["run", "task.yaml", "--out", "run", "--json"],
      ...["--llm", `${provider}:model-1`, "--base-url", server.baseUrl],
    ],
    {
      cwd: path,
      env: { [keyName]: KEY },
      permissions: [
        ...["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
        `--allow-env=${keyName},GOOGLE_GENERATIVE_AI_API_KEY`,
      ],
    },
  );
  return { ...ended, asked: server.requests.length };
}

interface Line {
  readonly type: string;
  readonly v: number;
  readonly usage?: unknown;
  readonly answered_by?: string;
  readonly totals?: { readonly cost?: string | null };
  readonly metadata?: { readonly limit_kind?: string };
}

function linesIn(path: string, type: string): readonly Line[] {
  return Deno.readTextFileSync(join(path, "run/state.jsonl")).trimEnd()
    .split("\n").map((line): Line => JSON.parse(line))
    .filter((line) => line.type === type);
}

for (const format of FORMATS) {
  const { provider } = format;
  const one = COST_OF_ONE[provider] ?? 0;
  const answers = (model = "model-1") => [
    body(JSON.stringify(format.answer(true, model))),
    body(JSON.stringify(format.answer(false, model))),
  ];

  Deno.test(
    `a run of ${provider} costs what its cached and reasoning tokens cost`,
    needs,
    async () => {
      using folder = laidDown(format, { amount: "1.50" });
      const { path } = folder;
      const ended = await run(path, format, answers());
      assertEquals(ended.code, 0, ended.stderr);
      assertEquals(JSON.parse(ended.stdout).totals.cost, money(2 * one));
      const answered = linesIn(path, "llm_completed");
      assertEquals(answered.map(({ usage }) => usage), [
        format.usage,
        format.usage,
      ]);
      assertEquals(answered.map(({ v, answered_by }) => [v, answered_by]), [
        [2, undefined],
        [2, undefined],
      ]);
      for (const command of ["verify", "replay"]) {
        const checked = await warmProgram([command, "run"], { cwd: path });
        assertEquals(checked.code, 0, checked.stdout + checked.stderr);
      }
      const { stdout } = await warmProgram(["inspect", "run"], { cwd: path });
      assertStringIncludes(stdout, money(2 * one));
      const report = Deno.readTextFileSync(join(path, "run/run_report.md"));
      assertStringIncludes(report, `| Cost | \`${money(2 * one)}\` |`);
      const again = await warmProgram(
        ["replay", "--policy", "cheap.yaml", "run"],
        { cwd: path },
      );
      assertStringIncludes(again.stdout, "the run has cost");
    },
  );

  Deno.test(
    `a run of ${provider} whose first answer costs too much runs no call of it`,
    needs,
    async () => {
      using folder = laidDown(format, { amount: "0.00001" });
      const { path } = folder;
      const ended = await run(path, format, answers());
      assertEquals([ended.code, ended.asked], [2, 1], ended.stderr);
      assertEquals(linesIn(path, "tool_started"), []);
      assertEquals(
        linesIn(path, "policy_checked").map((line) =>
          line.metadata?.limit_kind
        ),
        ["cost"],
      );
      assertEquals(linesIn(path, "run_finished")[0]?.totals?.cost, money(one));
      const checked = await warmProgram(["verify", "run"], { cwd: path });
      assertEquals(checked.code, 0, checked.stdout + checked.stderr);
    },
  );

  for (const isPriced of [true, false]) {
    Deno.test(
      `an answer of another model of ${provider} ${
        isPriced
          ? "has the price of that model"
          : "without a price runs no call"
      }`,
      needs,
      async () => {
        const models = isPriced ? undefined : ["model-1"];
        using folder = laidDown(format, { amount: "1", models });
        const { path } = folder;
        const ended = await run(path, format, answers("model-1-2026"));
        assertEquals(ended.code, isPriced ? 0 : 2, ended.stderr);
        const [answered] = linesIn(path, "llm_completed");
        assertEquals(answered?.answered_by, "model-1-2026");
        assertEquals(
          linesIn(path, "run_finished")[0]?.totals?.cost,
          isPriced ? money(2 * one) : null,
        );
        assertEquals(linesIn(path, "tool_started").length, isPriced ? 1 : 0);
        for (const command of ["verify", "replay"]) {
          const checked = await warmProgram([command, "run"], { cwd: path });
          assertEquals(checked.code, 0, checked.stdout + checked.stderr);
        }
      },
    );
  }

  Deno.test(
    `a run of ${provider} does not begin when its model has no price`,
    needs,
    async () => {
      using folder = laidDown(format, { amount: "1", models: ["model-2"] });
      const ended = await run(folder.path, format, answers());
      assertEquals([ended.code, ended.asked], [1, 0]);
      assertStringIncludes(
        ended.stderr,
        `the policy: the policy limits the cost and has no price for the model that is asked; add "${format.recorded}/model-1" to loop_budget.max_cost.prices`,
      );
      const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
      assertEquals(names.includes("run"), false);
    },
  );
}
