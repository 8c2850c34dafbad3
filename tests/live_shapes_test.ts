/**
 * Live runs of eight steps against servers that want to see again what they sent,
 * answer in another shape at each step, and fail in every way that servers do.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { type Body, demandingServer, type Turn } from "./demanding_server.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder, warmProgram } from "./program.ts";

const STEPS = 8;
const USAGE = { prompt_tokens: 3, completion_tokens: 2 };

const POLICY = `version: 1
on_deny: continue
tool_registry: { allowed: [search, write], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
escalate: [{ tools: [write], reason: notes are kept }]
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 10, max_tokens: 1000 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 2, backoff_base_ms: 1, backoff_cap_ms: 1 }
`;

/** The call of a step; the tool `write` is left to a person. */
function callOf(step: number, tool = "search") {
  const args = tool === "search"
    ? { query: `tea ${step}` }
    : { path: "note.txt", content: "tea" };
  return { id: `call_${step}`, name: tool, args };
}

function toolCall({ id, name, args }: ReturnType<typeof callOf>) {
  const called = { name, arguments: JSON.stringify(args) };
  return { id, type: "function", function: called };
}

function chat(message: object, finish_reason: unknown): object {
  return { choices: [{ index: 0, message, finish_reason }], usage: USAGE };
}

function json(body: object, before = ""): () => Response {
  return () => new Response(before + JSON.stringify(body));
}

const ASSISTANT = { role: "assistant", content: null };

/** A turn of Chat Completions whose message goes back as it came. */
function faithful(more: object, finish: unknown, before = "") {
  return (step: number, tool?: string): Turn => {
    const calls = { tool_calls: [toolCall(callOf(step, tool))] };
    const back = { ...ASSISTANT, ...calls, ...more };
    return { response: json(chat(back, finish), before), back };
  };
}

const DETAILS = [{ type: "reasoning.encrypted", data: "gA", index: 0 }];

/** The shapes in which servers of Chat Completions propose calls. */
const SHAPES: readonly ((step: number, tool?: string) => Turn)[] = [
  faithful({ reasoning_content: "Look." }, "tool_calls"),
  faithful({ reasoning: "Look.", reasoning_details: DETAILS }, "eos"),
  faithful({ content: "Let me see." }, "STOP", "\n \n"),
  (step, tool) => {
    const call = {
      ...toolCall(callOf(step, tool)),
      extra_content: { google: { thought_signature: `sig ${step}` } },
    };
    const back = { ...ASSISTANT, tool_calls: [call] };
    return { response: json(chat(back, null)), back };
  },
  (step, tool) => {
    const call = toolCall(callOf(step, tool));
    const back = {
      ...{ ...ASSISTANT, reasoning_content: "Look well." },
      tool_calls: [call],
    };
    const { name, arguments: args } = call.function;
    const deltas: object[] = [
      { role: "assistant", reasoning_content: "Look " },
      { reasoning_content: "well." },
      {
        tool_calls: [{ ...call, index: 0, function: { name, arguments: "" } }],
      },
      { tool_calls: [{ index: 0, function: { arguments: args.slice(0, 4) } }] },
      { tool_calls: [{ index: 0, function: { arguments: args.slice(4) } }] },
    ];
    const chunks = [
      ...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })),
      { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
      { choices: [], usage: USAGE },
    ].map((each) => `data: ${JSON.stringify(each)}\n\n`);
    const headers = { "content-type": "text/event-stream" };
    return {
      response: () =>
        new Response(`${chunks.join("")}data: [DONE]\n\n`, { headers }),
      back,
    };
  },
  (step, tool) => {
    const { id, name, args } = callOf(step, tool);
    return {
      response: json(
        chat({ ...ASSISTANT, tool_calls: [{ id, name, input: args }] }, "end"),
      ),
      back: { ...ASSISTANT, tool_calls: [toolCall(callOf(step, tool))] },
    };
  },
  (step, tool) => {
    const { id, name, args } = callOf(step, tool);
    const called = { id, function: { name, arguments: args } };
    return {
      response: json(chat({ ...ASSISTANT, tool_calls: called }, "tool_call")),
      back: { ...ASSISTANT, tool_calls: [toolCall(callOf(step, tool))] },
    };
  },
];

/** The ways in which they fail for the time being. */
const FAILURES: readonly Turn[] = [
  { error: { code: 429, message: "Slow down" } },
  { error: { code: 502, message: "Bad gateway" } },
  { error: { type: "server_error", message: "Oops" } },
  { choices: [{ message: {}, error: { code: 502, message: "Lost" } }] },
  chat({ content: "" }, "network_error"),
].map((body) => ({ response: json(body, " \n") })).concat(
  ["", "\n", 'data: {"choices":[{"delta":{"content":"Ha"}}]}\n\n']
    .map((text) => ({ response: () => new Response(text) })),
  [503, 529, 408].map((status) => ({
    response: () => new Response("<html>", { status }),
  })),
);

function done(finish: unknown): Turn {
  return {
    response: json(
      chat({ content: "There is tea.", role: "assistant" }, finish),
    ),
  };
}

/** Seven steps that propose calls, each in the next shape, with failures before them. */
function steps(
  { from = 0, failing = () => [], toolOf = () => "search" }: {
    readonly from?: number;
    readonly failing?: (step: number) => readonly Turn[];
    readonly toolOf?: (step: number) => string;
  } = {},
): readonly Turn[] {
  return Array.from({ length: STEPS - 1 }, (_, index) => {
    const shape = SHAPES[(from + index) % SHAPES.length];
    const turn = shape?.(index + 1, toolOf(index + 1));
    return [...failing(index + 1), ...turn === undefined ? [] : [turn]];
  }).flat();
}

function failure(at: number): Turn {
  return FAILURES[at % FAILURES.length] ?? { response: () => new Response() };
}

/** More failures at one step than there are tries. */
function outageAt(outage: number): (step: number) => readonly Turn[] {
  return (step) =>
    step === outage ? [0, 1, 2, 3].map((each) => failure(each)) : [];
}

const CHAT = {
  llm: "openai-compatible:Some Model (7B)",
  turnsIn: ({ messages = [] }: Body) =>
    messages.filter(({ role }) => role === "assistant"),
};

/** Steps of Anthropic's interface. */
function claudeSteps(): readonly Turn[] {
  const message = (content: readonly object[], stop_reason: string) =>
    json({
      ...{ id: "m", type: "message", role: "assistant", model: "claude" },
      ...{ content, stop_reason, stop_sequence: null },
      usage: { input_tokens: 3, output_tokens: 2 },
    });
  const overloaded = json({
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  });
  const calls = Array.from({ length: STEPS - 1 }, (_, index): Turn => {
    const { id, name, args } = callOf(index + 1);
    const content = [
      { type: "thinking", thinking: `Look ${index}.`, signature: `s${index}` },
      ...index % 2 === 0
        ? [{ type: "redacted_thinking", data: `r${index}` }]
        : [{ type: "text", text: "Let me see." }],
      { type: "tool_use", id, name, input: args },
    ];
    return {
      response: message(content, "tool_use"),
      back: { role: "assistant", content },
    };
  });
  const answer = message([{ type: "text", text: "There is tea." }], "end_turn");
  return [
    ...calls.flatMap((turn) => [{ response: overloaded }, turn]),
    { response: answer },
  ];
}

/** Steps of Google's interface. */
function geminiSteps(): readonly Turn[] {
  const generated = (parts: readonly object[]) =>
    json({
      candidates: [{
        content: { role: "model", parts },
        finishReason: "STOP",
      }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 },
    });
  const exhausted = json({
    error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow down" },
  });
  const calls = Array.from({ length: STEPS - 1 }, (_, index): Turn => {
    const { id, name, args } = callOf(index + 1);
    const parts = [
      ...index % 2 === 0
        ? [{ text: "Look.", thought: true, thoughtSignature: "czE=" }]
        : [{ text: "Let me see." }],
      { functionCall: { id, name, args }, thoughtSignature: `c${index}A=` },
    ];
    return { response: generated(parts), back: { role: "model", parts } };
  });
  return [
    ...calls.flatMap((turn) => [{ response: exhausted }, turn]),
    { response: generated([{ text: "There is tea." }]) },
  ];
}

/** The runs: what the server does, and each exit code on the way to the end. */
const RUNS: readonly {
  readonly id: string;
  readonly llm: string;
  readonly turnsIn: (body: Body) => readonly unknown[];
  readonly turns: readonly Turn[];
  readonly codes: readonly number[];
}[] = [
  {
    ...{ id: "one shape after the other", ...CHAT, codes: [0] },
    turns: [...steps(), done("stop")],
  },
  {
    ...{ id: "other shapes, and no reason to stop", ...CHAT, codes: [0] },
    turns: [...steps({ from: 3 }), done(null)],
  },
  {
    ...{ id: "a failure before each step", ...CHAT, codes: [0] },
    turns: [
      ...steps({ from: 5, failing: (step) => [failure(step)] }),
      done("eos"),
    ],
  },
  {
    ...{ id: "two failures before each step", ...CHAT, codes: [0] },
    turns: [
      ...steps({
        from: 1,
        failing: (step) => [failure(2 * step + 5), failure(2 * step + 6)],
      }),
      done("end_turn"),
    ],
  },
  {
    ...{ id: "thinking of Anthropic's", codes: [0], turns: claudeSteps() },
    llm: "anthropic:claude",
    turnsIn: CHAT.turnsIn,
  },
  {
    ...{ id: "signatures of Google's", codes: [0], turns: geminiSteps() },
    llm: "google:gemini-2.5 (flash)",
    turnsIn: ({ contents = [] }) =>
      contents.filter(({ role }) => role === "model"),
  },
  {
    ...{ id: "an outage in the middle", ...CHAT, codes: [4, 0] },
    turns: [...steps({ from: 2, failing: outageAt(4) }), done("")],
  },
  {
    ...{ id: "an outage after an approval", ...CHAT, codes: [3, 4, 0] },
    turns: [
      ...steps({
        failing: outageAt(4),
        toolOf: (step) => step === 3 ? "write" : "search",
      }),
      done("stop_sequence"),
    ],
  },
  {
    ...{ id: "an account that is spent at last", ...CHAT, codes: [2] },
    turns: [
      ...steps({ from: 4 }),
      {
        response: json({
          error: { code: 429, type: "insufficient_quota", message: "Pay" },
        }),
      },
    ],
  },
  {
    ...{ id: "a filter at last", ...CHAT, codes: [2] },
    turns: [...steps({ from: 6 }), done("sensitive")],
  },
];

const ARTIFACTS = ["state.jsonl", "trace.json", "run_report.md"];

/** Every program here has this variable; its value serves as a key. */
const KEY = ["--api-key-env", "NO_COLOR"];

for (const { id, llm, turns, turnsIn, codes } of RUNS) {
  Deno.test({
    name: `a live run ends as it should, verifies and is played again: ${id}`,
    ignore: lacks("read", "write", "run", "net"),
    async fn() {
      using folder = temporaryFolder();
      const path = (name: string) => join(folder.path, name);
      const read = (name: string) => Deno.readTextFileSync(path(name));
      Deno.writeTextFileSync(
        path("task.yaml"),
        "id: tea\nquestion: Is there tea?\npolicy: policy.yaml\n",
      );
      Deno.writeTextFileSync(path("policy.yaml"), POLICY);
      await using server = demandingServer(turns, turnsIn);
      const cli = (...args: readonly string[]) =>
        warmProgram(args, {
          cwd: folder.path,
          permissions: [
            ...["--allow-read", "--allow-write", "--allow-env=NO_COLOR"],
            "--allow-net=127.0.0.1",
          ],
        });

      /** Takes a run to its end, through what it waits for. */
      async function toTheEnd(
        out: string,
        model: readonly string[],
        due: readonly number[],
      ): Promise<void> {
        const command = ["run", "task.yaml", "--out", out, "--approve", "file"];
        for (const [index, code] of due.entries()) {
          const cassette = out === "live" && index === due.length - 1
            ? ["--record", "c.jsonl"]
            : [];
          const ended = await cli(
            ...index === 0 ? command : ["resume", out],
            ...model,
            ...cassette,
          );
          assertEquals(
            [ended.code, server.complaints],
            [code, []],
            ended.stderr,
          );
          if (code === 3) {
            await cli("approvals", "approve", out, "--by", "Ada Lovelace");
          }
        }
      }

      await toTheEnd("live", [
        ...["--llm", llm, "--base-url", `http://${server.host}/v1`, ...KEY],
      ], codes);
      const lines = read("live/state.jsonl").split("\n");
      assertEquals(
        lines.filter((line) => line.includes('"step_started"')).length,
        STEPS,
      );
      // Only the person has to be waited for.
      const played = codes.filter((code) => code !== 4);
      for (const out of ["one", "two"]) {
        await toTheEnd(out, ["--llm", "replay:c.jsonl"], played);
      }
      for (const name of ARTIFACTS) {
        assertEquals(read(`one/${name}`), read(`two/${name}`));
      }
      for (const command of ["verify", "replay"]) {
        const checked = await cli(command, "live", "one");
        assertEquals(checked.code, 0, checked.stdout + checked.stderr);
      }
      const same = await cli("diff", "live", "one");
      assertEquals(same.code, 0, same.stdout);
    },
  });
}
