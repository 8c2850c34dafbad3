import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { resumeCommand, resumeHint, whyForeign } from "./resume_hint.ts";
import { join } from "../../deps.ts";
import type { RunStarted } from "../../runtime/record/event.ts";
import { parseLedgerLine } from "../../runtime/record/ledger_line.ts";
import { lacks } from "../../tests/permissions.ts";
import { PROJECT } from "../../tests/program.ts";

const ignore = lacks("read");
const RUN = join(PROJECT, "runs/policy_gates/pg4_forbidden_tool");

/** How a run began that a command of this program made. */
function started(): RunStarted {
  const text = Deno.readTextFileSync(join(RUN, "state.jsonl"));
  const event = parseLedgerLine(text.split("\n")[0] ?? "");
  if (event.type !== "run_started") throw new Error("It begins otherwise");
  return event;
}

const FOREIGN = "only the program that began the run can resume it";

for (
  const { what, change, want } of [
    {
      what: "a run of a command",
      change: () => ({}),
      want: `continue with \`resume ${RUN}\``,
    },
    {
      what: "a run whose task is of no file",
      change: ({ task }: RunStarted) => ({
        task: { ...task, text: "Tidy up." },
      }),
      want: FOREIGN,
    },
    {
      what: "a run with a tool of another program",
      change: ({ tools }: RunStarted) => ({
        tools: tools.map((each) =>
          each.name === "write" ? { ...each, name: "send" } : each
        ),
      }),
      want: `continue with \`resume ${RUN} --tools FILE.ts\``,
    },
    {
      what: "a run with a tool of another program by the name of one of ours",
      change: ({ tools }: RunStarted) => ({
        tools: tools.map((each) =>
          each.name === "write"
            ? { ...each, effects: { fetches: [], reads: [], writes: [] } }
            : each
        ),
      }),
      want: `continue with \`resume ${RUN} --tools FILE.ts\``,
    },
    {
      what: "a session of a client",
      change: ({ llm }: RunStarted) => ({
        llm: { ...llm, execution_path: "client" } as const,
      }),
      want: "the program whose call it is continues with it",
    },
    {
      what: "a run with fewer tools",
      change: ({ tools }: RunStarted) => ({ tools: tools.slice(1) }),
      want: `continue with \`resume ${RUN}\``,
    },
    {
      what: "a run of another version",
      change: () => ({ runtime_version: `${config.version}\u001b[2J` }),
      want:
        `only version ${config.version}\\u{001b}[2J of this program can resume it`,
    },
    {
      what: "a run of a model",
      change: ({ llm }: RunStarted) => ({
        llm: {
          ...llm,
          execution_path: "hosted",
          provider: "gcp.gemini",
          model: "gemini-x",
        } as const,
      }),
      want: `continue with \`resume ${RUN} --llm google:gemini-x\``,
    },
  ] satisfies readonly {
    what: string;
    change: (started: RunStarted) => Partial<RunStarted>;
    want: string;
  }[]
) {
  Deno.test(`resumeHint() tells the truth of ${what}`, { ignore }, () => {
    const run = started();
    assertEquals(resumeHint(RUN, { ...run, ...change(run) }), want);
  });
}

Deno.test("whyForeign() says what another program's run has of its own", {
  ignore,
}, () => {
  const run = started();
  assertEquals(whyForeign(run), undefined);
  const { task, llm } = run;
  assertEquals(
    whyForeign({ ...run, task: { ...task, text: "Tidy up." } }),
    "its task is not one of a task file",
  );
  assertEquals(
    whyForeign({ ...run, llm: { ...llm, execution_path: "client" } }),
    undefined,
  );
});

for (
  const { llm, want } of [
    {
      llm: { execution_path: "stub", provider: "scripted", model: "x" },
      want: "",
    },
    {
      llm: { execution_path: "replay", provider: "openai", model: "x" },
      want: " --llm replay:FILE",
    },
    {
      llm: { execution_path: "local", provider: "ollama", model: "qwen3:8b" },
      want: " --llm ollama:qwen3:8b",
    },
    {
      llm: {
        execution_path: "local",
        provider: "openai-compatible",
        model: "m",
      },
      want: " --llm openai-compatible:m --base-url URL",
    },
    {
      llm: { execution_path: "hosted", provider: "openai", model: "a; rm b" },
      want: " --llm PROVIDER:MODEL",
    },
    {
      llm: { execution_path: "hosted", provider: "other", model: "x" },
      want: " --llm PROVIDER:MODEL --base-url URL",
    },
  ] as const
) {
  Deno.test(`resumeCommand() names the model of ${llm.provider}/${llm.model} (${llm.execution_path})`, () => {
    assertEquals(resumeCommand("a\nb", llm), `resume a\\u{000a}b${want}`);
  });
}
