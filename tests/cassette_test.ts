import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { besideProgress } from "./beside_progress.ts";
import { completion, error, llmServer } from "./llm_server.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };
const KEY = "sk-cassette-77c1e0";

const POLICY = `version: 1
on_deny: continue
tool_registry: { allowed: [search, read, write], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
escalate: [{ tools: [write], reason: notes are kept }]
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 10 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 2, backoff_base_ms: 1, backoff_cap_ms: 1 }
`;

const call = (id: string, name: string, args: object) => ({
  id,
  name,
  arguments: JSON.stringify(args),
});

/** A failure, two calls at once, one of them denied, and an answer. */
const ANSWERS = [
  error(503, { message: `no room for ${KEY}` }),
  completion({ calls: [call("a", "search", { query: "tea" })] }),
  completion({
    calls: [
      call("b", "read", { path: "corpus/a.md" }),
      call("c", "fetch", { url: "https://evil.example/" }),
    ],
  }),
  completion({ content: "There is tea." }),
];

/** A task without a script, and a cassette of a model that did it. */
async function recorded(answers = ANSWERS, ...args: readonly string[]) {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(path(name), text);
  write("task.yaml", "id: tea\nquestion: Is there tea?\npolicy: policy.yaml\n");
  write("policy.yaml", POLICY);
  Deno.mkdirSync(path("corpus"));
  write("corpus/a.md", "# A\n\nThere is tea.\n");
  await using server = llmServer(answers);
  const live = await warmProgram(
    [
      ...["run", "task.yaml", "--corpus", "corpus", "--out", "live"],
      ...["--llm", "openai-compatible:small", "--base-url", server.baseUrl],
      ...["--api-key-env", "SMALL_KEY", "--record", "c.jsonl", ...args],
    ],
    {
      cwd: folder.path,
      env: { SMALL_KEY: KEY },
      permissions: [
        ...["--allow-read", "--allow-write", "--allow-env=SMALL_KEY"],
        "--allow-net=127.0.0.1",
      ],
    },
  );
  const run = (...args: readonly string[]) =>
    warmProgram(args, { cwd: folder.path });
  return {
    live,
    path,
    write,
    run,
    read: (name: string) => Deno.readTextFileSync(path(name)),
    play: (out: string, ...args: readonly string[]) =>
      run(
        ...["run", "task.yaml", "--corpus", "corpus", "--out", out],
        ...["--llm", "replay:c.jsonl", ...args],
      ),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const ARTIFACTS = ["state.jsonl", "trace.json", "run_report.md"];

Deno.test(
  "a recorded run is played again to the same bytes, without a request",
  needs,
  async () => {
    using here = await recorded();
    assertEquals(here.live.code, 0, here.live.stderr);
    for (const out of ["one", "two"]) {
      const { code, stdout, stderr } = await here.play(out);
      assertEquals([code, besideProgress(stderr)], [0, ""]);
      assertStringIncludes(stdout, "There is tea.");
    }
    for (const name of ARTIFACTS) {
      assertEquals(here.read(`one/${name}`), here.read(`two/${name}`));
    }
    const { code, stdout } = await here.run("diff", "live", "one");
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "inputs that differ: run_id, llm\n");
    for (const command of ["verify", "replay"]) {
      const checked = await here.run(command, "live", "one");
      assertEquals(checked.code, 0, checked.stdout + checked.stderr);
    }
    assertStringIncludes(here.read("one/trace.json"), '"replay"');
    // Neither model follows the script of the task, which has none.
    const kept = await here.run("verify", "live", "one", "--task", "task.yaml");
    assertEquals(kept.code, 0, kept.stdout);
  },
);

Deno.test("a cassette holds no key", needs, async () => {
  using here = await recorded();
  assertStringIncludes(here.read("c.jsonl"), "no room for [key]");
  for (const name of ["c.jsonl", ...ARTIFACTS.map((each) => `live/${each}`)]) {
    assert(!here.read(name).includes(KEY), name);
  }
});

Deno.test(
  "another request than the recorded one ends the run and says where it differs",
  needs,
  async () => {
    using here = await recorded();
    here.write("corpus/a.md", "# A\n\nThere is coffee.\n");
    const { code, stderr } = await here.play("other");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "step 2: cassette_mismatch: ");
    assertStringIncludes(stderr, "exchange 3 of the cassette");
    assertStringIncludes(stderr, "they differ first at messages[2].content");
    assertStringIncludes(stderr, "There is tea.");
    assertStringIncludes(
      here.read("other/run_report.md"),
      "failure_mode_terminal",
    );
    assertEquals((await here.run("verify", "other")).code, 0);
  },
);

Deno.test(
  "a cassette that ends too early, or too late, is noticed",
  needs,
  async () => {
    using here = await recorded();
    const lines = here.read("c.jsonl").split("\n");
    here.write("c.jsonl", lines.slice(0, 4).join("\n") + "\n");
    const short = await here.play("short");
    assertEquals(short.code, 2);
    assertStringIncludes(short.stderr, "cassette_ended");
    const early = lines.slice(0, 3).join("\n").replace(
      /"output":\{.*?"error":null/,
      '"output":{"answer":"Tea.","usage":{"input_tokens":1,"output_tokens":1}},"error":null',
    );
    here.write("c.jsonl", `${early}\n${lines.slice(3).join("\n")}`);
    const long = await here.play("long");
    assertEquals([long.code, besideProgress(long.stderr)], [
      0,
      "answers of the model that were not used: 2\n",
    ]);
  },
);

Deno.test(
  "a run that is stopped leaves answers over, which is not worth a word",
  needs,
  async () => {
    using here = await recorded();
    const strict = POLICY.replace("max_iterations: 10", "max_iterations: 1");
    here.write("policy.yaml", strict);
    const { code, stderr } = await here.play("stopped");
    assertEquals([code, besideProgress(stderr).trim().split("\n").length], [
      2,
      1,
    ]);
    assertStringIncludes(stderr, "denied by loop_budget");
  },
);

Deno.test(
  "a cassette of a server that was down ends the run, since there is nothing to wait for",
  needs,
  async () => {
    const down = error(503, { message: "down" });
    const busy = error(503, { message: "down" }, { "retry-after": "1" });
    using here = await recorded([busy, down, down]);
    assertEquals(here.live.code, 4, here.live.stderr);
    assertStringIncludes(here.live.stderr, "to be asked again in 1 s");
    const { code, stderr } = await here.play("again");
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "step 1: 503: ");
    assertEquals(besideProgress(stderr).trim().split("\n").length, 1, stderr);
  },
);

Deno.test(
  "a run of a cassette that broke off anywhere is resumed to the same bytes",
  needs,
  async () => {
    using here = await recorded();
    await here.play("whole");
    const lines = here.read("whole/state.jsonl").split("\n").slice(0, -1);
    const kinds = [
      '"outcome":"transient_failure"',
      '"outcome":"success"',
      '"type":"llm_completed"',
      '"type":"tool_started"',
      '"type":"step_finished"',
    ];
    for (const kind of kinds) {
      const cut = lines.findIndex((line) => line.includes(kind)) + 1;
      assert(cut > 0, kind);
      Deno.mkdirSync(here.path("broken/sandbox/corpus"), { recursive: true });
      here.write("broken/sandbox/corpus/a.md", here.read("corpus/a.md"));
      here.write("broken/state.jsonl", lines.slice(0, cut).join("\n") + "\n");
      const resumed = await here.run(
        ...["resume", "broken", "--llm", "replay:c.jsonl"],
      );
      assertEquals(resumed.code, 0, kind + resumed.stderr);
      for (const name of ARTIFACTS) {
        assertEquals(here.read(`broken/${name}`), here.read(`whole/${name}`));
      }
      Deno.removeSync(here.path("broken"), { recursive: true });
    }
  },
);

Deno.test("a run is resumed only with its own cassette", needs, async () => {
  using here = await recorded();
  await here.play("whole");
  for (const name of ["manifest.json", "trace.json", "run_report.md"]) {
    Deno.removeSync(here.path(`whole/${name}`));
  }
  here.write(
    "c.jsonl",
    here.read("c.jsonl").replace('"answer":"There', '"answer":"Here'),
  );
  const { code, stderr } = await here.run(
    ...["resume", "whole", "--llm", "replay:c.jsonl"],
  );
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "begun with openai-compatible/small (a cassette",
  );
});

Deno.test(
  "a run that waited for approval is recorded completely when it is resumed",
  needs,
  async () => {
    const write = { path: "note.md", content: "Tea." };
    const answers = [
      completion({ calls: [call("a", "write", write)] }),
      completion({ content: "Noted." }),
    ];
    using here = await recorded(answers.slice(0, 1), "--approve", "file");
    assertEquals(here.live.code, 3, here.live.stderr);
    await here.run("approvals", "approve", "live", "--by", "ada");
    await using server = llmServer(answers.slice(1));
    const resumed = await warmProgram(
      [
        ...["resume", "live", "--record", "whole.jsonl"],
        ...["--llm", "openai-compatible:small", "--base-url", server.baseUrl],
      ],
      {
        cwd: here.path("."),
        permissions: [
          ...["--allow-read", "--allow-write"],
          "--allow-net=127.0.0.1",
        ],
      },
    );
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(here.read("whole.jsonl").split("\n").length, 4);
    assert(here.read("whole.jsonl").startsWith(here.read("c.jsonl")));
    const played = await here.run(
      ...["run", "task.yaml", "--corpus", "corpus", "--out", "again"],
      ...["--llm", "replay:whole.jsonl", "--approve", "file"],
    );
    assertEquals(played.code, 3);
    await here.run("approvals", "approve", "again", "--by", "ada");
    const on = await here.run(
      ...["resume", "again", "--llm", "replay:whole.jsonl"],
    );
    assertEquals(on.code, 0, on.stderr);
    assertEquals(here.read("again/sandbox/note.md"), "Tea.");
  },
);

for (
  const { what, args, message } of [
    {
      what: "a cassette that is there already",
      args: ["--llm", "ollama:small", "--record", "task.yaml"],
      message:
        'Cannot record to "task.yaml": it is there already; remove it or choose another --record; see run --help',
    },
    {
      what: "a cassette in a folder that is not there",
      args: ["--llm", "ollama:small", "--record", "no/c.jsonl"],
      message: "no/c.jsonl: cannot write the cassette there: ",
    },
    {
      what: "a cassette of no model",
      args: ["--record", "new.jsonl"],
      message: "Cannot use --record without --llm: no model is asked",
    },
    ...["base-url", "api-key-env", "model-seed"].map((option) => ({
      what: `--${option} of no model`,
      args: [`--${option}`, "7"],
      message: `Cannot use --${option} without --llm: no model is asked`,
    })),
    {
      what: "a cassette of a cassette",
      args: ["--llm", "replay:c.jsonl", "--record", "new.jsonl"],
      message: "Cannot use --record with --llm replay:c.jsonl",
    },
    ...[
      ...["out", "out/c.jsonl", "out/..c.jsonl", "./no/../out/sandbox/c.jsonl"],
      "link/out/c.jsonl",
    ].map((path) => ({
      what: `a cassette at ${path}, in the run itself,`,
      args: ["--llm", "ollama:small", "--record", path],
      message:
        `Cannot record to "${path}": it is inside the run directory "out"; choose another --record; see run --help`,
    })),
    {
      what: "a cassette without a name",
      args: ["--llm", "replay:"],
      message:
        'Cannot use --llm "replay:": expected replay:FILE; see run --help',
    },
    {
      what: "a cassette that is not there",
      args: ["--llm", "replay:none.jsonl"],
      message: "none.jsonl: there is no such file",
    },
    {
      what: "a cassette that is none",
      args: ["--llm", "replay:policy.yaml"],
      message: "policy.yaml:1: the line is not JSON",
    },
  ]
) {
  Deno.test(`${what} is one clear line, and no file is left`, {
    ignore: lacks("read", "write", "run"),
  }, async () => {
    using folder = temporaryFolder();
    const write = (name: string, text: string) =>
      Deno.writeTextFileSync(join(folder.path, name), text);
    write("task.yaml", "id: tea\nquestion: Tea?\nscript: [{ answer: Yes. }]\n");
    write("policy.yaml", POLICY);
    Deno.symlinkSync(".", join(folder.path, "link"));
    const { code, stderr } = await warmProgram(
      ["run", "task.yaml", "--out", "out", ...args],
      {
        cwd: folder.path,
        permissions: [
          ...["--allow-read", "--allow-write", "--allow-net=127.0.0.1:11434"],
        ],
      },
    );
    assertEquals(code, 1);
    assertEquals(stderr.trim().split("\n").length, 1);
    assertStringIncludes(stderr, message);
    const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assertEquals(left.sort(), ["link", "policy.yaml", "task.yaml"]);
  });
}
