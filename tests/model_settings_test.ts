import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { completion, error, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };

const TASK = `id: tea
question: Is there tea?
policy: policy.yaml
model:
  system: Answer in one word.
  temperature: 0.25
`;

const POLICY = `version: 1
on_deny: continue
tool_registry: { allowed: [search, fetch], denied: [] }
url_allowlist: [docs.example, "*.wiki.example"]
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 10 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 0, backoff_base_ms: 1, backoff_cap_ms: 1 }
`;

const HINT =
  "Your tools may use the hosts docs.example, *.wiki.example, and nothing else.";

const SEARCH = completion({
  calls: [{ id: "a", name: "search", arguments: '{"query":"tea"}' }],
});
const ANSWER = completion({ content: "Yes." });

/** A task whose model is asked with settings of its own. */
function laidDown() {
  const folder = temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(join(folder.path, name), text);
  write("task.yaml", TASK);
  write("policy.yaml", POLICY);
  write("system.txt", "Answer in two words.\n");
  return {
    cli: (...args: readonly string[]) =>
      warmProgram(args, {
        cwd: folder.path,
        permissions: [
          ...["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
        ],
      }),
    read: (name: string) => Deno.readTextFileSync(join(folder.path, name)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** What of a request a user sets, and which tools it offers. */
function told(body: unknown) {
  const { messages, tools, temperature, max_tokens } = JSON.parse(
    JSON.stringify(body),
  );
  const system = messages[0].role === "system" ? messages[0].content : null;
  const names = (tools ?? []).map((each: { function: { name: string } }) =>
    each.function.name
  );
  return { system, temperature, max_tokens, names };
}

const NAMES = ["search", "fetch"];

for (
  const { id, args, want } of [
    {
      id: "the task",
      args: [],
      want: {
        system: `Answer in one word.\n\n${HINT}`,
        temperature: 0.25,
        max_tokens: undefined,
      },
    },
    {
      id: "the command line, which wins",
      args: [
        ...["--system", "system.txt", "--temperature", "0"],
        ...["--max-output-tokens", "64", "--no-policy-hint"],
      ],
      want: {
        system: "Answer in two words.",
        temperature: 0,
        max_tokens: 64,
      },
    },
  ]
) {
  Deno.test(
    `what ${id} says of the model goes with each request, after a resume too`,
    needs,
    async () => {
      using here = laidDown();
      await using server = llmServer([
        SEARCH,
        error(503, { message: "down" }),
        ANSWER,
      ]);
      const model = ["--llm", "ollama:m", "--base-url", server.baseUrl];
      const first = await here.cli(
        ...["run", "task.yaml", "--out", "run", ...model, ...args],
      );
      assertEquals(first.code, 4, first.stderr);
      const resumed = await here.cli(
        ...["resume", "run", ...model, "--record", "c.jsonl"],
      );
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals(
        server.requests.map(({ body }) => told(body)),
        Array.from({ length: 3 }, () => ({ ...want, names: NAMES })),
      );
      const { v, llm } = JSON.parse(
        here.read("run/state.jsonl").split("\n")[0] ?? "",
      );
      const { max_tokens, ...others } = want;
      const settings = max_tokens === undefined
        ? others
        : { ...others, max_output_tokens: max_tokens };
      assertEquals([v, llm.settings], [2, settings]);
      const head = JSON.parse(here.read("c.jsonl").split("\n")[0] ?? "");
      assertEquals(head.settings, settings);
      // A cassette has them, so that it is the same whatever the task says now.
      const played = await here.cli(
        ...["run", "task.yaml", "--out", "one", "--llm", "replay:c.jsonl"],
      );
      assertEquals(played.code, 0, played.stderr);
      for (const command of ["verify", "replay"]) {
        const checked = await here.cli(command, "run", "one");
        assertEquals(checked.code, 0, checked.stdout + checked.stderr);
      }
    },
  );
}

for (
  const { args, says } of [
    { args: ["--temperature", "2.5"], says: "expected a number from 0 to 2" },
    { args: ["--temperature", "warm"], says: "expected a number from 0 to 2" },
    { args: ["--max-output-tokens", "0"], says: "expected a whole number" },
    { args: ["--max-output-tokens", "1.5"], says: "expected a whole number" },
    { args: ["--system", "nowhere.txt"], says: "nowhere.txt" },
  ]
) {
  Deno.test(`run refuses ${args.join(" ")}`, needs, async () => {
    using here = laidDown();
    const { code, stderr } = await here.cli(
      ...["run", "task.yaml", "--out", "run", "--llm", "ollama:m", ...args],
      ...["--base-url", "http://127.0.0.1:9/v1"],
    );
    assertEquals(code, 1);
    assertStringIncludes(stderr, says);
    assertEquals(stderr.trim().split("\n").length, 1);
  });
}

for (const args of [["--temperature", "1"], ["--no-policy-hint"]]) {
  Deno.test(
    `run refuses ${args[0]} where no model is asked`,
    needs,
    async () => {
      using here = laidDown();
      const { code, stderr } = await here.cli(
        ...["run", "task.yaml", "--llm", "replay:c.jsonl", ...args],
      );
      assertEquals([code, stderr.includes(`Cannot use ${args[0]}`)], [1, true]);
    },
  );
}
