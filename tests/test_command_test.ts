import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const TASK = `id: small
question: What is there?
script:
  - calls:
      - tool: write
        args: { path: note.md, content: Nothing. }
  - answer: Nothing.
expect:
  terminal_reason: final_answer
  files: [note.md]
`;

/** Runs `test` in a folder that holds the given task files. */
async function test(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
) {
  using folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(join(folder.path, name), text);
  }
  return await warmProgram(["test", ...args], { cwd: folder.path });
}

Deno.test("test plays the project's own suites", runs, async () => {
  const { code, stdout } = await warmProgram(
    ["test", "tasks/policy_gates", "tasks/failure_modes"],
    { cwd: PROJECT },
  );
  assertEquals(code, 0);
  assert(stdout.endsWith("\n20 passed, 0 failed\n"), stdout);
});

Deno.test("test says what was expected and what was seen", runs, async () => {
  const { code, stdout } = await test(
    { "a.yaml": TASK, "b.yaml": TASK.replace("[note.md]", "[]") },
    ["."],
  );
  assertEquals(code, 2);
  assertEquals(
    stdout,
    `ok     small (a.yaml)
FAILED small (b.yaml)
         files: expected [], saw ["note.md"]
1 passed, 1 failed
`,
  );
});

Deno.test("test --filter plays only what its text is in", runs, async () => {
  const { stdout } = await test(
    { "a.yaml": TASK, "b.yaml": TASK.replace("small", "other") },
    [".", "--filter", "oth"],
  );
  assertEquals(stdout, "ok     other (b.yaml)\n1 passed, 0 failed\n");
});

Deno.test("test --policy plays under another policy", runs, async () => {
  const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace("write, ", "");
  const { code, stdout } = await test(
    { "a.yaml": TASK, "policy.yaml": policy },
    [".", "--policy", "policy.yaml"],
  );
  assertEquals(code, 2);
  assertStringIncludes(
    stdout,
    'terminal_reason: expected "final_answer", saw "policy_denial_terminal"',
  );
  assertStringIncludes(stdout, "script: 1 step was not reached");
});

Deno.test(
  "test --reporter junit writes a report for build servers",
  runs,
  async () => {
    const { code, stdout } = await test(
      { "a&b.yaml": TASK.replace("[note.md]", "[]") },
      ["a&b.yaml", "--reporter", "junit"],
    );
    assertEquals(code, 2);
    assertStringIncludes(stdout, '<testsuites tests="1" failures="1"');
    assertStringIncludes(stdout, 'name="small" classname="a&amp;b.yaml"');
    assertStringIncludes(
      stdout,
      '<failure message="files: expected [], saw [&quot;note.md&quot;]">',
    );
  },
);

const MANY = {
  "a.yaml": TASK.replace("id: small", "id: first"),
  "b.yaml": `${TASK}colour: red\n`,
  "c.yaml": TASK.slice(0, TASK.indexOf("expect:")),
  "d.yaml": TASK.replace("[note.md]", "[]"),
  "e.yaml": `${TASK}policy: none.yaml\n`,
};

const MANY_WRONG = `b.yaml:11: unknown key "colour"
c.yaml: expect: missing; a task without it cannot be tested
none.yaml: there is no such file
gone.yaml: there is no such file
`;

Deno.test("test plays all tasks but those that are broken", runs, async () => {
  const { code, stdout, stderr } = await test(MANY, [".", "gone.yaml"]);
  assertEquals([code, stderr], [1, MANY_WRONG]);
  assertEquals(
    stdout,
    `ok     first (a.yaml)
ERROR  (b.yaml)
ERROR  (c.yaml)
FAILED small (d.yaml)
         files: expected [], saw ["note.md"]
ERROR  (e.yaml)
ERROR  (gone.yaml)
1 passed, 1 failed, 4 not played
`,
  );
});

Deno.test("test --filter lets no broken task pass unseen", runs, async () => {
  const { code, stdout, stderr } = await test(MANY, [
    ...[".", "gone.yaml", "--filter", "first"],
  ]);
  assertEquals([code, stderr], [1, MANY_WRONG]);
  assert(stdout.startsWith("ok     first (a.yaml)\nERROR  (b.yaml)\n"), stdout);
});

Deno.test(
  "test --reporter junit has a broken task as an error",
  runs,
  async () => {
    const { code, stdout, stderr } = await test(MANY, [
      ...[".", "gone.yaml", "--reporter", "junit"],
    ]);
    assertEquals([code, stderr], [1, MANY_WRONG]);
    assertStringIncludes(
      stdout,
      '<testsuites tests="6" failures="1" errors="4"',
    );
    assertStringIncludes(
      stdout,
      '<testsuite name="tasks" tests="6" failures="1" errors="4"',
    );
    assertStringIncludes(
      stdout,
      `<testcase name="b.yaml" classname="b.yaml" time="0.000">
      <error message="b.yaml:11: unknown key &quot;colour&quot;">b.yaml:11: unknown key &quot;colour&quot;</error>
    </testcase>`,
    );
  },
);

for (
  const { what, files, args, line, report } of [
    {
      what: "a task that expects nothing",
      files: { "a.yaml": TASK.slice(0, TASK.indexOf("expect:")) },
      args: ["a.yaml"],
      line: "a.yaml: expect: missing; a task without it cannot be tested",
      report: ["ERROR  (a.yaml)"],
    },
    {
      what: "a task that cannot be loaded",
      files: { "a.yaml": `${TASK}colour: red\n` },
      args: ["."],
      line: 'a.yaml:11: unknown key "colour"',
      report: ["ERROR  (a.yaml)"],
    },
    {
      what: "a fault of a tool that there is not",
      files: { "a.yaml": `${TASK}faults:\n  shell: { kind: reported }\n` },
      args: ["a.yaml"],
      line: 'a.yaml:12: faults: unknown key "shell"',
      report: ["ERROR  (a.yaml)"],
    },
    {
      what: "a path that is not there",
      files: {},
      args: ["nope"],
      line: "nope: there is no such file",
      report: ["ERROR  (nope)"],
    },
    {
      what: "a policy that is not there",
      files: { "a.yaml": TASK, "b.yaml": TASK },
      args: [".", "--policy", "none.yaml"],
      line: "none.yaml: there is no such file",
      report: [],
    },
    {
      what: "nothing to test",
      files: {},
      args: ["."],
      line: "Cannot find a task to test; see test --help",
      report: [],
    },
  ]
) {
  Deno.test(`test refuses ${what}`, runs, async () => {
    const { code, stdout, stderr } = await test(files, args);
    assertEquals({ code, stdout, stderr }, {
      code: 1,
      stdout: report.length === 0
        ? ""
        : `${report.join("\n")}\n0 passed, 0 failed, 1 not played\n`,
      stderr: `${line}\n`,
    });
  });
}

for (
  const { kind, mode, outcome } of [
    {
      kind: "{ kind: hang }",
      mode: "retry_exhaustion",
      outcome: "[transient_failure, exhausted]",
    },
    {
      kind: "{ kind: oversize, characters: 5000000 }",
      mode: "tool_call_failure",
      outcome: "[non_retryable]",
    },
  ]
) {
  Deno.test(`test plays a tool with the fault ${kind}`, runs, async () => {
    const exhausted = mode === "retry_exhaustion";
    const task = `id: faulty
question: What is there?
policy_overrides: { retry: { max_retries: 1 } }
faults: { summarize: ${kind} }
script:
  - calls: [{ tool: summarize, args: { text: One thing. } }]
${exhausted ? "" : "  - answer: Nothing.\n"}expect:
  terminal_reason: ${exhausted ? "failure_mode_terminal" : "final_answer"}
  failure_modes: [${mode}]
  attempts: ${outcome}
`;
    const { code, stdout } = await test({ "a.yaml": task }, ["a.yaml"]);
    assertEquals([code, stdout], [
      0,
      "ok     faulty (a.yaml)\n1 passed, 0 failed\n",
    ]);
  });
}
