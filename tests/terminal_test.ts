import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../deps.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import {
  HOSTILE_TEXTS,
  LOOK_ALIKES,
  obeyed,
} from "./hostile/terminal_texts.ts";
import { error, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { program, temporaryFolder } from "./program.ts";
import { atTerminal, screen } from "./pseudo_terminal.ts";
import { type Said, said } from "./said.ts";
import { IS_FULL, SAMPLED, SEED } from "./sample.ts";

const disk = { ignore: lacks("read", "write") };
const processes = { ignore: lacks("read", "write", "run") };

/** Of each kind one, short enough for the name of a file. */
const NAME =
  "a\u001b[2J\u001b]52;c;eA==\u0007\u009b2J\u009d8;;x\u009c\b\r\nforged\u007f\u202e\u2066\u200b\u3164\u115f\uffa0\ufe0f\u00ad\u034f\u2028\u2029\u{e0041}\u{e0100}z";

/** Those that a line of a report shows as a whole, and that YAML has a place for. */
const SHORT = HOSTILE_TEXTS.map(({ text }) => text)
  .filter((text) => text.length <= 60 && text.isWellFormed());

const ANSWER = HOSTILE_TEXTS.map(({ name, text }) => `${name}: ${text}`)
  .join("\n\t").toWellFormed();

const POLICY = `${
  policyText.replace("on_deny: terminate", "on_deny: continue")
    .replace(/max_iterations: \d+/, "max_iterations: 500")
    .replace(/max_tool_calls: \d+/, "max_tool_calls: 5000\n  max_denials: 1000")
}
escalate:
  - tools: [write]
    reason: ${JSON.stringify(SHORT.join(" "))}
`;

/** Every text as a tool, a path, a URL and what is no JSON, then as the answer. */
const ALL_TOLD = {
  id: "all_told",
  question: ANSWER,
  policy: "policy.yaml",
  script: [
    ...SHORT.map((text) => ({
      calls: [
        { tool: `t${text}`, args: { [text]: text } },
        { tool: "read", args: { path: `notes/${text}` } },
        { tool: "read", args: { path: "a.md", [text]: 1 } },
        { tool: "fetch", args: { url: `https://${text}/` } },
        { tool: "summarize", args: { text } },
        { tool: "search", args_json: `{"query": ${text}` },
      ],
    })),
    { answer: ANSWER },
  ],
  expect: {
    terminal_reason: "final_answer",
    answer: SHORT.join(),
    decisions: [],
    files: SHORT,
    requests: SHORT,
  },
};

/** Waits for a person to decide. */
const ASKING = {
  id: "asking",
  question: NAME,
  policy: "policy.yaml",
  script: [
    {
      calls: [{
        tool: "write",
        args: {
          path: "notes/a.md",
          content: SHORT.join(" ").replaceAll("\0", ""),
        },
      }],
    },
    { answer: ANSWER },
  ],
};

/** A folder with a hostile name, with everything in it that a command may be given. */
async function laidDown() {
  const folder = temporaryFolder();
  const here = join(folder.path, NAME);
  const at = (...names: readonly string[]) => join(here, ...names);
  const write = (name: string, value: unknown) =>
    Deno.writeTextFileSync(
      at(name),
      typeof value === "string" ? value : JSON.stringify(value),
    );
  Deno.mkdirSync(here);
  write("policy.yaml", POLICY);
  write("all.yaml", ALL_TOLD);
  write("asking.yaml", ASKING);
  write("other.yaml", {
    ...ALL_TOLD,
    script: [...ALL_TOLD.script.slice(0, -1), { answer: `\u009b ${ANSWER}` }],
  });
  write("bad.policy.yaml", `${POLICY}\n${JSON.stringify(NAME)}: 1\n`);
  write("torn.policy.yaml", `${POLICY}\n"\u009b2J: [\n`);
  write("bad.yaml", { ...ALL_TOLD, [NAME]: 1, script: [{ [NAME]: NAME }] });
  write("twice.yaml", `{"${"\u009b\u202e"}": 1, "${"\u009b\u202e"}": 2}`);
  write("cassette", `{"v":"${"\u009b\u202e"}"}\n`);
  write("trace.json", {
    [NAME]: NAME,
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: NAME }] }] }],
  });
  const quiet = { isTerminal: false };
  await said(["run", at("all.yaml"), "--out", at("run")], quiet);
  await said(["run", at("other.yaml"), "--out", at("other")], quiet);
  for (const name of ["waits", "waits2"]) {
    await said(
      ["run", at("asking.yaml"), "--approve", "file", "--out", at(name)],
      quiet,
    );
    Deno.writeTextFileSync(at(name, "approvals.jsonl"), `${NAME}\n{}\n`);
  }
  Deno.writeTextFileSync(at("strict.yaml"), policyText);
  tamper(at("run"), at("tampered"));
  return { at, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** Copies a run and changes what of it can be changed. */
function tamper(run: string, copy: string): void {
  Deno.mkdirSync(copy);
  for (const { name, isFile } of Deno.readDirSync(run)) {
    if (isFile) Deno.copyFileSync(join(run, name), join(copy, name));
  }
  const path = join(copy, "state.jsonl");
  const lines = Deno.readTextFileSync(path).split("\n");
  // Both are on record as they stand, without a seal that fits.
  lines[3] = (lines[3] ?? "").replace('"tool":"t', `"tool":"\u009b\u202eu`);
  lines[5] = `\u009b\u202e${lines[5]}`;
  Deno.writeTextFileSync(path, lines.join("\n"));
  Deno.writeTextFileSync(join(copy, NAME), "");
  Deno.writeTextFileSync(join(copy, "trace.json"), NAME);
  Deno.writeTextFileSync(
    join(copy, "incidents.jsonl"),
    `{"v":1,"reason":"\u009b\u202e"}\n\u009b\u202e no JSON\n`,
  );
}

/** Command lines; each is run for a terminal and for a pipe. */
interface Line {
  readonly args: (
    at: (...names: readonly string[]) => string,
  ) => readonly string[];
  readonly code: number;
  /** Whether a pipe gets what it says byte for byte. */
  readonly verbatim?: boolean;
}

let outs = 0;

const LINES: readonly Line[] = [
  {
    args: (at) => ["run", at("all.yaml"), "--out", fresh(at)],
    code: 0,
    verbatim: true,
  },
  {
    args: (at) => ["run", at("all.yaml"), "--out", fresh(at), "--json"],
    code: 0,
  },
  {
    args: (at) => ["run", at("asking.yaml"), "--out", fresh(at)],
    code: 0,
    verbatim: true,
  },
  {
    args: (
      at,
    ) => [
      "run",
      at("asking.yaml"),
      "--out",
      fresh(at),
      "--approve",
      "file",
      "--json",
    ],
    code: 3,
  },
  {
    args: (at) => ["run", at("all.yaml"), "--out", fresh(at), "--verbose"],
    code: 0,
    verbatim: true,
  },
  { args: (at) => ["run", at("all.yaml"), "--out", at("run")], code: 1 },
  { args: (at) => ["run", at("bad.yaml"), "--out", fresh(at)], code: 1 },
  { args: (at) => ["run", at("twice.yaml"), "--out", fresh(at)], code: 1 },
  { args: (at) => ["run", at(NAME)], code: 1 },
  {
    args: (at) => ["run", at("all.yaml"), "--policy", at("bad.policy.yaml")],
    code: 1,
  },
  {
    args: (
      at,
    ) => [
      "run",
      at("all.yaml"),
      "--llm",
      `replay:${at("cassette")}`,
      "--out",
      fresh(at),
    ],
    code: 1,
  },
  { args: (at) => ["run", at("all.yaml"), "--approve", NAME], code: 1 },
  { args: (at) => ["run", at("all.yaml"), `--${NAME}`], code: 1 },
  { args: (at) => ["runs", at("run"), at("waits")], code: 0 },
  { args: (at) => ["runs", at("run"), at("waits"), "--json"], code: 0 },
  { args: (at) => ["runs", at("run"), at("waits"), "--csv"], code: 0 },
  { args: (at) => ["runs", at("tampered")], code: 1 },
  { args: (at) => ["inspect", at("run")], code: 0 },
  { args: (at) => ["inspect", at("run"), "--json"], code: 0 },
  { args: (at) => ["inspect", at("run"), "--follow"], code: 0 },
  { args: (at) => ["inspect", at("tampered"), "--follow"], code: 1 },
  { args: (at) => ["inspect", at("waits")], code: 0 },
  { args: (at) => ["inspect", at("tampered")], code: 1 },
  { args: (at) => ["verify", at("run")], code: 0 },
  {
    args: (at) => ["verify", at("run"), at("tampered"), at("waits"), at(NAME)],
    code: 1,
  },
  { args: (at) => ["verify", at("tampered")], code: 2 },
  { args: (at) => ["verify", at("tampered"), "--json"], code: 2 },
  { args: (at) => ["verify", at("run"), "--head", NAME], code: 1 },
  { args: (at) => ["replay", at("run")], code: 0 },
  { args: (at) => ["replay", at("run"), "--json"], code: 0 },
  { args: (at) => ["replay", at("tampered")], code: 1 },
  {
    args: (
      at,
    ) => ["replay", at("run"), "--policy", at("strict.yaml"), "--csv"],
    code: 0,
  },
  {
    args: (at) => ["replay", at("run"), "--policy", at("strict.yaml")],
    code: 0,
  },
  {
    args: (
      at,
    ) => ["replay", at("run"), "--policy", at("strict.yaml"), "--json"],
    code: 0,
  },
  { args: (at) => ["diff", at("run"), at("other")], code: 2 },
  { args: (at) => ["diff", at("run"), at("waits"), "--json"], code: 2 },
  { args: (at) => ["test", at("all.yaml")], code: 2 },
  { args: (at) => ["test", at("all.yaml"), "--reporter", "junit"], code: 2 },
  { args: (at) => ["test", at("all.yaml"), "--reporter", NAME], code: 1 },
  { args: (at) => ["test", at("bad.yaml")], code: 1 },
  { args: (at) => ["approvals", "list", at("waits")], code: 3 },
  { args: (at) => ["approvals", "list", at("waits"), "--json"], code: 3 },
  {
    args: (at) => ["approvals", "approve", at("waits"), "--by", NAME],
    code: 1,
  },
  { args: (at) => ["approvals", NAME, at("waits")], code: 1 },
  { args: (at) => ["approvals", "approve", at("run"), "--by", "ada"], code: 1 },
  { args: (at) => ["resume", at("waits")], code: 3 },
  { args: (at) => ["resume", at("waits"), "--json"], code: 3 },
  { args: (at) => ["resume", at("run")], code: 1 },
  { args: (at) => ["resume", at("tampered")], code: 1 },
  { args: (at) => ["policy", "validate", at("policy.yaml")], code: 0 },
  { args: (at) => ["policy", "validate", at("bad.policy.yaml")], code: 1 },
  { args: (at) => ["policy", "validate", at("torn.policy.yaml")], code: 1 },
  { args: () => ["policy", NAME], code: 1 },
  {
    args: (
      at,
    ) => ["permissions", "--policy", at("policy.yaml"), "--out", at("x")],
    code: 0,
    verbatim: true,
  },
  { args: (at) => ["trace", "check", at("trace.json")], code: 2 },
  { args: (at) => ["trace", "check", at("trace.json"), "--json"], code: 2 },
  { args: () => ["trace", NAME, "x"], code: 1 },
  { args: (at) => ["keygen", "--out", fresh(at)], code: 0 },
  { args: (at) => ["keygen", "--out", at("run")], code: 1 },
  { args: (at) => ["sign", at("run"), "--key", at("cassette")], code: 1 },
  { args: () => ["task", NAME], code: 1 },
  { args: () => ["corpus", NAME], code: 1 },
  { args: () => ["canonical", NAME], code: 1 },
  { args: () => ["policy-gates", "--scenario", NAME], code: 1 },
  { args: () => ["failure-modes", "--scenario", NAME], code: 1 },
  { args: (at) => ["decide", "--policy", at(NAME)], code: 1 },
  {
    args: (
      at,
    ) => ["decide", "--policy", at("policy.yaml"), "--sandbox", at(NAME)],
    code: 1,
  },
  {
    args: (
      at,
    ) => ["decide", "--policy", at("policy.yaml"), "--tools", at("trace.json")],
    code: 1,
  },
  { args: () => [NAME], code: 1 },
];

function fresh(at: (...names: readonly string[]) => string): string {
  outs += 1;
  return at(`out${outs}`);
}

Deno.test({
  name:
    `no command lets a terminal, a pipe, JSON or XML obey what it was told (${SAMPLED})`,
  ...disk,
  async fn(t) {
    using here = await laidDown();
    for (const [at, { args, code, verbatim = false }] of LINES.entries()) {
      // What a command wrote is spelled out in one place, so every other line is
      // for a terminal; which ones depends on the seed.
      const both = IS_FULL || verbatim;
      for (const isTerminal of both ? [true, false] : [(at + SEED) % 2 === 0]) {
        const line = args(here.at);
        const what = line.map((word) => shortened(word)).join(" ");
        await t.step(
          `${what}${isTerminal ? ", at a terminal" : ""}`,
          async () => {
            const told = await said(line, { isTerminal });
            assertEquals(told.code, code, text(told).slice(0, 2000));
            const clean = verbatim && !isTerminal
              ? told.notes
              : everything(told);
            assertEquals(obeyed(clean.join("\n")), []);
            // What it was told is there, but not on a line of its own.
            assertMatch(text(told), /\[2J|\\u\{?00[19]b|\\u\{?202e/);
            if (!verbatim) assertEquals(/^forged/m.test(text(told)), false);
            if (line.includes("--json")) told.data.forEach(assertJsonLine);
          },
        );
      }
    }
  },
});

function everything({ data, notes }: Said): readonly string[] {
  return [...data, ...notes];
}

function text(told: Said): string {
  return everything(told).join("\n");
}

function assertJsonLine(line: string): void {
  JSON.parse(line);
  assertEquals(line.split("\n").length, 1);
}

/** The word of a command line, without the folder that it names. */
function shortened(word: string): string {
  return word.replace(/.*z\//s, "").replaceAll(NAME, "NAME");
}

Deno.test(
  "an answer goes to a pipe byte for byte, and to a terminal spelled out",
  disk,
  async () => {
    using here = await laidDown();
    const run = (name: string, isTerminal: boolean) =>
      said(["run", here.at("all.yaml"), "--out", here.at(name)], {
        isTerminal,
      });
    const [, piped = ""] = (await run("piped", false)).data;
    assertEquals(piped, `\n${ANSWER}`);
    const [, shown = ""] = (await run("shown", true)).data;
    assertEquals(shown.split("\n").length, piped.split("\n").length);
    assertEquals(shown.split("\t").length, piped.split("\t").length);
    assertStringIncludes(shown, "a clear screen: \\u{001b}[2J\\u{001b}[3J");
  },
);

Deno.test("--json gives back what was said", disk, async () => {
  using here = await laidDown();
  for (const isTerminal of [true, false]) {
    const json = async (...args: readonly string[]) => {
      const { data } = await said([...args, "--json"], { isTerminal });
      return data.map((line) => JSON.parse(line));
    };
    const out = fresh(here.at);
    const [run] = await json("run", here.at("all.yaml"), "--out", out);
    assertEquals([run.run, run.answer], [out, ANSWER]);
    const [{ waits_for: asked }] = await json(
      ...["approvals", "list", here.at("waits")],
    );
    assertEquals(asked.args, ASKING.script[0]?.calls?.[0]?.args);
    assertEquals(asked.reason, SHORT.join(" "));
    const [resumed] = await json("resume", here.at("waits"));
    assertEquals(resumed.waits_for, asked);
  }
});

for (const { name, text } of LOOK_ALIKES) {
  Deno.test(`a terminal shows ${name} as it is`, disk, async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "task.yaml");
    const script = [{ answer: text }];
    const task = { id: "a", question: text, script };
    Deno.writeTextFileSync(path, JSON.stringify(task));
    const out = join(folder.path, text.replaceAll(/[/\\]/g, "").slice(0, 20));
    const { data, code } = await said(["run", path, "--out", out], {
      isTerminal: true,
    });
    assertEquals([code, data[1]], [0, `\n${text}`]);
    assert(data[0]?.startsWith(`${out}: final_answer`), data[0]);
  });
}

Deno.test("what a model's server says is spelled out", {
  ignore: lacks("read", "write", "net", "env"),
}, async () => {
  using folder = temporaryFolder();
  const task = join(folder.path, "task.yaml");
  Deno.writeTextFileSync(task, JSON.stringify({ id: "a", question: "?" }));
  const message = `${NAME} ${SHORT.join(" ")}`;
  await using server = llmServer([
    error(400, { message, code: NAME }),
    error(400, { message }),
  ]);
  for (const isTerminal of [true, false]) {
    const told = await said([
      ...["run", task, "--llm", "openai-compatible:m", "--json"],
      ...["--base-url", server.baseUrl],
      ...["--out", join(folder.path, String(isTerminal))],
    ], { isTerminal });
    assertEquals(obeyed(text(told)), []);
    assertEquals(/^forged/m.test(text(told)), false);
    assertMatch(told.notes.join("\n"), /\[2J/);
  }
  assertEquals(server.requests.length, 2);
});

Deno.test(
  "decide gives back calls and reasons, nothing of them to be obeyed",
  processes,
  async () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(join(folder.path, "policy.yaml"), POLICY);
    // Every text, halves of characters too: a line of JSON has a place for them.
    const calls = HOSTILE_TEXTS.map(({ text }) => text).flatMap((text) => [
      { id: text, tool: `t${text}`, args: { [text]: text } },
      { id: text, tool: "read", args: { path: `a${text}` } },
      { id: text, tool: "fetch", args: { url: `https://a${text}/` } },
      { id: text, tool: "write", args: { path: "a", content: "a" } },
      { id: text, tool: "search", args_json: text },
    ]);
    const stdin = calls.map((call) => JSON.stringify(call)).join("\n");
    const args = ["decide", "--policy", "policy.yaml"];
    const told = await program(args, { cwd: folder.path, stdin });
    assertEquals([told.code, told.stderr], [0, ""]);
    assertEquals(obeyed(told.stdout), []);
    const decisions = told.stdout.trimEnd().split("\n")
      .map((line) => JSON.parse(line));
    assertEquals(decisions.map(({ id }) => id), calls.map(({ id }) => id));
    const asked = decisions.find(({ decision }) => decision === "escalate");
    assertEquals(asked?.reason, SHORT.join(" "));

    const wrong = `{"id":"1","tool":"a","args":{},"${"\u009b\u202e"}":1}`;
    const refused = await program(args, { cwd: folder.path, stdin: wrong });
    const { code, stdout, stderr } = refused;
    assertEquals([code, obeyed(stdout), obeyed(stderr)], [1, [], []]);
    assertMatch(stdout, /\\u009b/);
  },
);

Deno.test(
  "a suite names what it does not know, nothing of it to be obeyed",
  processes,
  async () => {
    using folder = temporaryFolder();
    const runs = join(folder.path, "runs");
    Deno.mkdirSync(join(runs, "policy_gates", NAME), { recursive: true });
    Deno.mkdirSync(join(runs, "policy_gates", "pg5_arg_schema", NAME), {
      recursive: true,
    });
    for (const args of [["--check"], ["--check", "--json"]]) {
      const told = await program(["policy-gates", ...args], {
        cwd: folder.path,
      });
      const all = told.stdout + told.stderr;
      assertEquals([told.code, obeyed(all)], [2, []]);
      assertEquals(/^forged/m.test(all), false);
      assertMatch(told.stderr, /\[2J.*stale/);
    }
  },
);

Deno.test({
  name: "a real terminal gets an answer spelled out, and a file gets its bytes",
  ignore: lacks("read", "write", "run"),
  async fn() {
    using folder = temporaryFolder();
    const answer = HOSTILE_TEXTS.map(({ text }) => text)
      .filter((text) => text.length < 60).join("\n").toWellFormed();
    const task = { id: "a", question: answer, script: [{ answer }] };
    Deno.writeTextFileSync(
      join(folder.path, "task.yaml"),
      JSON.stringify(task),
    );
    const at = { cwd: folder.path, types: [] };
    const { code, shown } = await atTerminal(
      ["run", "task.yaml", "--out", "shown"],
      at,
    );
    assertEquals([code, obeyed(screen(shown))], [0, []]);
    assertStringIncludes(shown, "\\u{009b}2J");
    const stdout = join(folder.path, "answer.txt");
    await atTerminal(["run", "task.yaml", "--out", "filed"], { ...at, stdout });
    assert(Deno.readTextFileSync(stdout).endsWith(`\n\n${answer}\n`));
  },
});
