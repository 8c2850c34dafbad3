import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const TASK = `id: mine
question: What is there?
script:
  - calls:
      - tool: search
        args: { query: there }
  - answer: Something.
`;

const POLICY = Deno.permissions.querySync({ name: "read" }).state === "granted"
  ? Deno.readTextFileSync(join(PROJECT, "policy/document/sample.yaml"))
  : "";

interface BadInput {
  readonly name: string;
  readonly args?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** The one line on standard error. */
  readonly line: string;
}

const run = ["run", "task.yaml", "--out", "out"];

const BAD_INPUTS: readonly BadInput[] = [
  {
    name: "a task that is not there",
    args: ["run", "nope.yaml", "--out", "out"],
    line: "nope.yaml: there is no such file",
  },
  {
    name: "an unknown key in a task",
    files: { "task.yaml": `${TASK}colour: red\n` },
    line: 'task.yaml:8: unknown key "colour"',
  },
  {
    name: "an ill-typed key in a task",
    files: {
      "task.yaml": TASK.replace("args: { query: there }", "args_json: 5"),
    },
    line:
      "task.yaml:6: script[0].calls[0].args_json: expected string, found number 5",
  },
  {
    name: "a task that is not YAML",
    files: { "task.yaml": `${TASK}  bad: [\n` },
    line: "task.yaml:8: Cannot read block: bad indentation of a mapping entry",
  },
  {
    name: "an unknown key in a policy",
    files: {
      "task.yaml": TASK,
      "policy.yaml": POLICY.replace("max_tokens", "max_tokns"),
    },
    args: [...run, "--policy", "policy.yaml"],
    line: 'policy.yaml:28: loop_budget: unknown key "max_tokns"',
  },
  {
    name: "an ill-typed key in a policy",
    files: {
      "task.yaml": TASK,
      "policy.yaml": POLICY.replace("max_tokens: 50000", "max_tokens: many"),
    },
    args: [...run, "--policy", "policy.yaml"],
    line:
      'policy.yaml:28: loop_budget.max_tokens: expected number, found string "many"',
  },
  {
    name: "a policy that is not there",
    files: { "task.yaml": `${TASK}policy: none.yaml\n` },
    line: "none.yaml: there is no such file",
  },
  {
    name: "a corpus that is not there",
    files: { "task.yaml": `${TASK}corpus: documents\n` },
    line: "documents: there is no such folder",
  },
  {
    name: "a corpus that is a file",
    files: { "task.yaml": `${TASK}corpus: task.yaml\n` },
    line: "task.yaml: it is not a directory",
  },
  {
    name: "a corpus without documents",
    files: { "task.yaml": TASK, "documents/.hidden": "Hello\n" },
    args: [...run, "--corpus", "documents"],
    line: "documents: it has no text file",
  },
  {
    name: "a corpus without a text file",
    files: { "task.yaml": TASK, "documents/a.bin": "A\0B" },
    args: [...run, "--corpus", "documents"],
    line: "documents: it has no text file; left out: 1: a.bin (not a text)",
  },
  {
    name: "a folder that already holds something",
    files: { "task.yaml": TASK, "used/file": "" },
    args: ["run", "task.yaml", "--out", "used"],
    line: 'Cannot write the run to "used": the folder is not empty; ' +
      "remove it or choose another --out; see run --help",
  },
  {
    name: "an unknown option",
    args: [...run, "--polcy", "policy.yaml"],
    line:
      'Cannot understand "--polcy": unknown option; did you mean "--policy"? See run --help',
  },
  {
    name: "an option without a value",
    args: ["run", "task.yaml", "--out"],
    line: "--out needs a value; see run --help",
  },
  {
    name: "an unknown command",
    args: ["walk"],
    line: 'Cannot run "walk": unknown command; see --help',
  },
];

for (
  const { name, args = run, files = { "task.yaml": TASK }, line } of BAD_INPUTS
) {
  Deno.test(
    `the program says in one line what is wrong with ${name}`,
    runs,
    async () => {
      using folder = temporaryFolder();
      for (const [path, text] of Object.entries(files)) {
        const [below] = path.split("/");
        if (below !== undefined && below !== path) {
          Deno.mkdirSync(join(folder.path, below), { recursive: true });
        }
        Deno.writeTextFileSync(join(folder.path, path), text);
      }
      const before = listing(folder.path);
      const { code, stdout, stderr } = await warmProgram(args, {
        cwd: folder.path,
      });
      assertEquals({ code, stdout, stderr }, {
        code: 1,
        stdout: "",
        stderr: `${line}\n`,
      });
      assertEquals(listing(folder.path), before);
    },
  );
}

Deno.test("a permission that the process lacks is named", runs, async () => {
  using folder = temporaryFolder();
  const { code, stderr } = await program(["canonical"], {
    cwd: folder.path,
    permissions: ["--allow-read"],
  });
  assertEquals({ code, stderr }, {
    code: 1,
    stderr:
      'Cannot run canonical: Requires write access to "runs"; see --allow-write\n',
  });
});

for (const step of ["raw: I am not sure what to do.", "raw: ''"]) {
  Deno.test(
    `a model that gives back { ${step} } is on the record, not a crash`,
    runs,
    async () => {
      using folder = temporaryFolder();
      const task = TASK.replace("answer: Something.", step);
      Deno.writeTextFileSync(join(folder.path, "task.yaml"), task);
      const { code, stdout } = await warmProgram(run, { cwd: folder.path });
      assertEquals(code, 2);
      assertStringIncludes(stdout, "out: failure_mode_terminal after 2 steps");
      const out = (name: string) =>
        Deno.readTextFileSync(join(folder.path, "out", name));
      assertEquals(listing(join(folder.path, "out")), [
        "manifest.json",
        "run_report.md",
        "sandbox",
        "state.jsonl",
        "trace.json",
      ]);
      assertStringIncludes(out("trace.json"), "catalogued_unhandled");
      assertStringIncludes(out("run_report.md"), "F5 `catalogued_unhandled`");
    },
  );
}

function listing(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
