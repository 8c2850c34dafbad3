/**
 * What a run tells while it goes on: at a real terminal, in a pipe, and to
 * somebody who follows it from another one.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { obeyed } from "./hostile/terminal_texts.ts";
import { type Answer, completion, error, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { program, started, temporaryFolder } from "./program.ts";
import { atTerminal, screen, type Shown } from "./pseudo_terminal.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };

/** How long the model of a live run takes, in milliseconds. */
const SLOW_MS = 2500;

function slowly(answer: Answer, ms = SLOW_MS): Answer {
  return async (closed) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return await answer(closed);
  };
}

const HOSTILE_TOOL = "x\u001b[2J\r\n\u202e";

function calling(id: string, name: string, args: unknown): Answer {
  const call = { id, name, arguments: JSON.stringify(args) };
  return completion({ calls: [call] });
}

const STEPS = [
  calling("a", "search", { query: "orders" }),
  calling("b", HOSTILE_TOOL, {}),
  calling("c", "write", { path: "notes/a.md", content: "One." }),
  completion({ content: "They give orders." }),
];

/** A folder with a task for a model. */
function desk(policy = "") {
  const folder = temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(join(folder.path, name), text);
  write(
    "task.yaml",
    "id: orders\nquestion: What do they do?\npolicy: p.yaml\n",
  );
  write(
    "p.yaml",
    policyText.replace("on_deny: terminate", "on_deny: continue") + policy,
  );
  return folder;
}

function asking(baseUrl: string): readonly string[] {
  return [
    ...["run", "task.yaml", "--out", "out"],
    ...["--llm", "openai-compatible:small", "--base-url", baseUrl],
  ];
}

const NET = ["--allow-net=127.0.0.1"];

Deno.test(
  "a live run of four slow steps never leaves a terminal silent, and can be followed from another one",
  needs,
  async () => {
    using folder = desk();
    const cwd = folder.path;
    await using server = llmServer(STEPS.map((step) => slowly(step)));
    const running = atTerminal(asking(server.baseUrl), {
      cwd,
      types: [],
      permissions: NET,
    });
    await appears(join(cwd, "out/state.jsonl"));
    const following = atTerminal(["inspect", "out", "--follow"], {
      cwd,
      types: [],
    });
    const [run, follower] = await Promise.all([running, following]);

    assertEquals([run.code, follower.code], [0, 0], run.shown);
    for (const { silenceMs, shown } of [run, follower]) {
      assert(silenceMs < 3000, `silent for ${silenceMs} ms: ${shown}`);
    }
    assertMatch(run.shown, /\rstep 1: asking the model for 1 s/);
    assertMatch(run.shown, /\rstep 4: asking the model for 2 s/);
    assertEquals(linesOf(run), [
      "step 1: the model took 2.5 s; search done",
      "step 2: the model took 2.5 s; x [2J denied by tool_registry",
      "step 3: the model took 2.5 s; write done",
      "step 4: answered in 2.5 s",
    ]);
    assertMatch(
      screen(run.shown),
      /^took 10\.\d s: the model 10\.\d s, tools 0\.\d s; 68 tokens$/m,
    );
    assertEquals([obeyed(screen(run.shown)), run.shown.includes("\x1b")], [
      [],
      false,
    ]);
    assertMatch(screen(follower.shown), /allow +search/);
    assertMatch(screen(follower.shown), /end +final_answer after 4 steps/);
    assertMatch(follower.shown, /asking the model for \d s/);
    assertEquals(obeyed(screen(follower.shown)), []);
  },
);

/** Waits until a file is there. */
async function appears(path: string): Promise<void> {
  for (let left = 600; left > 0; left--) {
    try {
      Deno.statSync(path);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The lines of steps, with times in which a loaded machine may differ made one. */
function linesOf({ shown }: Pick<Shown, "shown">): readonly string[] {
  return screen(shown).split("\n").filter((line) => /^step \d+: /.test(line))
    .map((line) => line.replace(/\b2\.\d s/, "2.5 s"));
}

Deno.test(
  "a pipe gets a line a step and no escape codes; --quiet none; --json and --verbose every event",
  needs,
  async () => {
    for (
      const { more, stderr } of [
        {
          more: [],
          stderr:
            /^the model answered HTTP 429; to be asked again in 1 s\nstep 1: the model took 1\.\d s; search done\nstep 2: x \[2J denied by tool_registry\nstep 3: write done\nstep 4: answered\ntook [\d.]+ s: the model [\d.]+ s, tools 0\.\d s; 68 tokens\n$/,
        },
        { more: ["--quiet"], stderr: /^$/ },
        {
          more: ["--verbose"],
          stderr: /\bms +2 +deny +x \[2J by tool_registry/,
        },
        { more: ["--json"], stderr: /^(\{"seq":\d+,"at_ms".*\}\n)+$/ },
      ] as const
    ) {
      using folder = desk();
      await using server = llmServer([
        error(429, { message: "busy" }, { "retry-after": "1" }),
        ...STEPS,
      ]);
      const ended = await program([...asking(server.baseUrl), ...more], {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", ...NET],
      });
      assertEquals(ended.code, 0, ended.stderr);
      assertMatch(ended.stderr, stderr);
      assertEquals(obeyed(ended.stderr), []);
    }
  },
);

Deno.test(
  "at a terminal the line goes while a person is asked, and comes back",
  needs,
  async () => {
    using folder = desk(
      "escalate:\n  - tools: [write]\n    reason: a person must see it\n",
    );
    await using server = llmServer(STEPS.map((step) => slowly(step, 300)));
    const args = [
      ...asking(server.baseUrl),
      ...["--approve", "prompt", "--by", "ada"],
    ];
    const { code, shown } = await atTerminal(args, {
      cwd: folder.path,
      types: [{ question: "Approve? [y/N] ", keys: "y\n" }],
      permissions: NET,
    });
    assertEquals(code, 0, shown);
    const lines = linesOf({ shown });
    assertEquals(lines[2], "step 3: approved by ada; write done");
    // Nothing is painted over the question.
    assertMatch(shown, /Approve\? \[y\/N\] [^\r]*\r?\n/);
  },
);

Deno.test(
  "inspect --follow ends with a run that is resumed meanwhile",
  needs,
  async () => {
    using folder = desk(
      "escalate:\n  - tools: [write]\n    reason: a person must see it\n",
    );
    const cwd = folder.path;
    Deno.writeTextFileSync(
      join(cwd, "task.yaml"),
      "id: orders\nquestion: What?\npolicy: p.yaml\nscript:\n  - calls:\n      - tool: write\n        args: { path: notes/a.md, content: One. }\n  - answer: Done.\n",
    );
    const waits = await program(
      ["run", "task.yaml", "--out", "out", "--approve", "file"],
      { cwd },
    );
    assertEquals(waits.code, 3, waits.stderr);
    const follower = started(["inspect", "out", "--follow", "--json"], {
      cwd,
      permissions: ["--allow-read"],
    });
    const output = follower.output();
    await program(["approvals", "approve", "out", "--by", "ada"], { cwd });
    const resumed = await program(["resume", "out"], { cwd });
    assertEquals(resumed.code, 0, resumed.stderr);
    const { code, stdout } = await output;
    assertEquals(code, 0);
    const entries = new TextDecoder().decode(stdout).trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    const whole = await program(["inspect", "out", "--json"], { cwd });
    assertEquals(
      entries,
      whole.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)),
    );
    assertMatch(resumed.stderr, /^step 1: approved by ada; write done$/m);
  },
);

Deno.test(
  "at a terminal it is said that spans are still on their way",
  needs,
  async () => {
    using folder = desk();
    await using server = llmServer([completion({ content: "Nothing." })]);
    // A collector that takes a second for its answer.
    await using slow = llmServer([slowly(completion({}), 1000)]);
    const args = [
      ...asking(server.baseUrl),
      ...["--otlp", slow.baseUrl],
    ];
    const { code, shown } = await atTerminal(args, {
      cwd: folder.path,
      types: [],
      permissions: NET,
    });
    assertEquals(code, 0, shown);
    assertMatch(shown, /\rsending spans to 127\.0\.0\.1:\d+/);
    assertEquals(screen(shown).includes("sending spans"), false);
  },
);
