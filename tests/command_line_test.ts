import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { besideProgress } from "./beside_progress.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";
import { said } from "./said.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import { STANDARD_TOOL_NAMES, standardTools } from "../tools/standard_tools.ts";

const runs = { ignore: lacks("read", "write") };
const pipe = { isTerminal: false };
const DENIED = join(PROJECT, "tasks/policy_gates/pg4_forbidden_tool.yaml");
const TASK = join(PROJECT, "examples/approval/task.yaml");

for (
  const { args, line } of [
    {
      args: ["verfy", "runs"],
      line:
        'Cannot run "verfy": unknown command; did you mean "verify"? See --help',
    },
    {
      args: ["Run", "task.yaml"],
      line: 'Cannot run "Run": unknown command; did you mean "run"? See --help',
    },
    {
      args: ["walk"],
      line: 'Cannot run "walk": unknown command; see --help',
    },
    {
      args: ["run", TASK, "--aprove", "file"],
      line:
        'Cannot understand "--aprove": unknown option; did you mean "--approve"? See run --help',
    },
    {
      args: ["run", TASK, "--dura=none"],
      line:
        'Cannot understand "--dura=none": unknown option; did you mean "--durability"? See run --help',
    },
    {
      args: ["verify", "runs", "--jsno"],
      line:
        'Cannot understand "--jsno": unknown option; did you mean "--json"? See verify --help',
    },
    {
      args: ["verify", "runs", "--quite"],
      line:
        'Cannot understand "--quite": unknown option; did you mean "--quiet"? See verify --help',
    },
    {
      args: ["verify", "runs", "--colour"],
      line: 'Cannot understand "--colour": unknown option; see verify --help',
    },
    {
      args: ["run", TASK, "--out", "/nonexistent/out", "--approve", "fil"],
      line:
        'Cannot use --approve "fil": expected never, prompt or file; did you mean "file"? See run --help',
    },
    {
      args: ["run", TASK, "--durability", "intents"],
      line:
        'Cannot use --durability "intents": expected none or intent; did you mean "intent"? See run --help',
    },
    {
      args: ["test", TASK, "--reporter", "xml"],
      line: 'Cannot use --reporter "xml": expected junit; see test --help',
    },
    {
      args: ["policy-gates", "--scenario", "pg1_off_allowlist"],
      line:
        'Cannot find the scenario "pg1_off_allowlist"; did you mean "pg1_off_allowlist_url"? See policy-gates --help',
    },
    {
      args: ["failure-modes", "--scenario", "retry_exhuastion"],
      line:
        'Cannot find the scenario "retry_exhuastion"; did you mean "retry_exhaustion"? See failure-modes --help',
    },
    {
      args: ["approvals", "aprove", "run"],
      line:
        'Cannot understand "aprove": expected list, approve, reject or watch; did you mean "approve"? See approvals --help',
    },
    {
      args: ["policy", "valdiate", "policy.yaml"],
      line:
        'Cannot understand "valdiate": expected validate, test, explain, init, import or schema; did you mean "validate"? See policy --help',
    },
    {
      args: ["policy"],
      line:
        "Expected validate|test|explain|init|import|schema, found nothing; see policy --help",
    },
    {
      args: ["task", "schem"],
      line:
        'Cannot understand "schem": expected schema; did you mean "schema"? See task --help',
    },
    {
      args: ["trace", "chek", "trace.json"],
      line:
        'Cannot understand "chek": expected check or export; did you mean "check"? See trace --help',
    },
    {
      args: ["corpus", "biuld"],
      line:
        'Cannot understand "biuld": expected build or check; did you mean "build"? See corpus --help',
    },
    {
      args: ["decide"],
      line: "--policy is missing; see decide --help",
    },
    {
      args: ["permissions"],
      line: "--policy is missing; see permissions --help",
    },
  ]
) {
  Deno.test(
    `the command line answers ${args[0]} ${
      args.slice(1).filter((each) => !each.startsWith("/")).join(" ")
    } with what was probably meant`,
    runs,
    async () => {
      for (const quiet of [[], ["--quiet"]]) {
        assertEquals(await said([...args, ...quiet], pipe), {
          code: 1,
          data: [],
          notes: [line],
        });
      }
    },
  );
}

Deno.test(
  "--quiet leaves progress and hints out, and nothing of the data",
  runs,
  async () => {
    using folder = temporaryFolder();
    const run = (name: string, ...more: readonly string[]) =>
      said(
        [
          ...more,
          "run",
          TASK,
          "--out",
          join(folder.path, name),
          "--approve",
          "file",
        ],
        pipe,
      );
    const loud = await run("loud");
    assertStringIncludes(loud.notes.join("\n"), "leaves a call to you");
    assertStringIncludes(loud.notes.join("\n"), "answer with: approvals");
    const quiet = await run("quiet", "--quiet");
    assertEquals(quiet, {
      code: 3,
      data: [`${join(folder.path, "quiet")}: waits for approval`],
      notes: [],
    });
  },
);

Deno.test(
  "--quiet says all the same why a run has no answer",
  runs,
  async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, "out");
    const { code, notes } = await said(
      ["run", "--quiet", DENIED, "--out", out],
      pipe,
    );
    assertEquals(code, 2);
    assertEquals(notes.length, 1);
    assertStringIncludes(notes.join("\n"), "denied by tool_registry");
  },
);

Deno.test("--quiet is an operand after --", runs, async () => {
  const { code, notes } = await said(["verify", "--", "--quiet"], pipe);
  assertEquals([code, notes], [1, ["--quiet: there is no such directory"]]);
});

Deno.test(
  "--help of the program and of each command names --quiet",
  runs,
  async () => {
    for (
      const args of [["--help"], ["run", "--help"], ["--quiet", "test", "-h"]]
    ) {
      const { code, data } = await said(args, pipe);
      assertEquals(code, 0);
      assertStringIncludes(data.join("\n"), "--quiet goes with every command");
    }
  },
);

Deno.test(
  "a policy that misspells a tool loads with a hint, in each command that reads one",
  runs,
  async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const text = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"));
    Deno.writeTextFileSync(at("p.yaml"), text.replace("search,", "serach,"));
    Deno.writeTextFileSync(
      at("t.yaml"),
      `id: small
question: What is there?
script: [{ answer: Nothing. }]
expect: { terminal_reason: final_answer }
`,
    );
    const hint = `${
      at("p.yaml")
    }: tool_registry.allowed[0]: no tool is called "serach"; did you mean "search"?`;
    for (
      const args of [
        ["policy", "validate", at("p.yaml")],
        ["run", at("t.yaml"), "--policy", at("p.yaml"), "--out", at("out")],
        ["test", at("t.yaml"), "--policy", at("p.yaml")],
      ]
    ) {
      const { code, notes } = await said(args, pipe);
      // `policy validate` says the line, too.
      const told = notes.map((note) => note.replace("p.yaml:11:", "p.yaml:"))
        .filter((note) => besideProgress(note) !== "");
      assertEquals([code, told], [0, [hint]], args[0]);
    }
  },
);

Deno.test("STANDARD_TOOL_NAMES are those of standardTools()", runs, () => {
  const tools = standardTools({
    documents: [],
    fetch: () => Promise.reject(),
    sandbox: directorySandbox(PROJECT),
  });
  assertEquals<readonly string[]>(
    tools.map(({ name }) => name),
    STANDARD_TOOL_NAMES,
  );
});

Deno.test(
  "run without --out takes a folder of its own each time, also at once",
  { ignore: lacks("read", "write", "run") },
  async () => {
    using folder = temporaryFolder();
    const run = (...more: readonly string[]) =>
      warmProgram(["run", TASK, ...more], { cwd: folder.path });
    const first = await run();
    const [usual = ""] = first.stdout.split(":");
    assertEquals([first.code, besideProgress(first.stderr)], [0, ""]);
    const second = await run("--json");
    assertEquals(second.code, 0);
    assertEquals(JSON.parse(second.stdout).run, `${usual}_2`);
    assertEquals(
      besideProgress(second.stderr),
      `${usual} is taken; this run is in ${usual}_2\n`,
    );
    const [third, fourth] = await Promise.all([run(), run()]);
    assertEquals([third.code, fourth.code], [0, 0]);
    const names = [...Deno.readDirSync(join(folder.path, "runs"))]
      .map(({ name }) => `runs/${name}`).sort();
    assertEquals(names, [usual, `${usual}_2`, `${usual}_3`, `${usual}_4`]);
    const ledgers = names.map((name) =>
      Deno.readTextFileSync(join(folder.path, name, "state.jsonl"))
    );
    assertEquals(new Set(ledgers).size, 1);
    const wrong = await run("--approve", "allways");
    assertEquals(wrong.code, 1);
    assertEquals([...Deno.readDirSync(join(folder.path, "runs"))].length, 4);
  },
);

Deno.test(
  "trace check continues after a file that cannot be read",
  runs,
  async () => {
    const trace = join(
      PROJECT,
      "runs/policy_gates/pg4_forbidden_tool/trace.json",
    );
    const { code, data, notes } = await said(
      ["trace", "check", "/nonexistent/trace.json", trace],
      pipe,
    );
    assertEquals(
      [code, notes],
      [1, ["/nonexistent/trace.json: there is no such file"]],
    );
    assertEquals(data.length, 1);
    assertStringIncludes(data.join(), trace);
  },
);

Deno.test("no command runs on Windows, and one line says so", async () => {
  for (const args of [[], ["--version"], ["run", TASK], ["verify", "runs"]]) {
    assertEquals(await said(args, { ...pipe, os: "windows" }), {
      code: 1,
      data: [],
      notes: [
        "Cannot run on Windows: its paths and links are not those of POSIX; run it in WSL",
      ],
    });
  }
});

Deno.test("--help begins with what a user does, not with how the project checks itself", async () => {
  const { data } = await said(["--help"], pipe);
  const names = data.join("\n").matchAll(/^ {2}([\w-]+) {2}/gm);
  const order = [...names].map(([, name]) => name);
  assertEquals(order[0], "run");
  assertEquals(order.slice(-4), [
    "canonical",
    "policy-gates",
    "failure-modes",
    "corpus",
  ]);
});
