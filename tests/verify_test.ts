import { assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const ignore = lacks("read", "write", "run");
const RUN = "runs/policy_gates/pg1_off_allowlist_url";
const OTHER = "runs/failure_modes/tool_call_failure";

function verify(...args: readonly string[]) {
  return warmProgram(["verify", ...args], {
    cwd: PROJECT,
    permissions: ["--allow-read"],
  });
}

/** The hash of a run's last line, as its manifest has it. */
function headOf(run: string): string {
  const manifest = Deno.readTextFileSync(join(PROJECT, run, "manifest.json"));
  return /"head": "([0-9a-f]{64})"/.exec(manifest)?.[1] ?? "";
}

/** Copies the artifacts of one run into a new folder. */
function copyRun(path: string): void {
  Deno.mkdirSync(path, { recursive: true });
  for (const { name } of Deno.readDirSync(join(PROJECT, RUN))) {
    Deno.copyFileSync(join(PROJECT, RUN, name), join(path, name));
  }
}

Deno.test({
  name: "verify says what it has verified, a line a run",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await verify(RUN, OTHER);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(
      stdout,
      `${RUN}: verified 7 events, head ${headOf(RUN)}\n` +
        `${OTHER}: verified 15 events, head ${headOf(OTHER)}\n`,
    );
  },
});

Deno.test({
  name: "verify holds a run against what was kept elsewhere",
  ignore,
  async fn() {
    const { code, stdout } = await verify(
      RUN,
      ...["--head", headOf(RUN)],
      ...["--policy", "policy/v1.yaml"],
      ...["--task", "tasks/policy_gates/pg1_off_allowlist_url.yaml"],
    );
    assertEquals([code, stdout.split("\n").length], [0, 2]);
    const other = await verify(
      RUN,
      ...["--head", headOf(OTHER)],
      ...["--policy", "examples/constitution/policy.yaml"],
      ...["--task", "tasks/canonical.yaml"],
      ...["--corpus", "examples/constitution/documents"],
    );
    assertEquals(other.code, 2);
    assertEquals(
      other.stdout.trimEnd().split("\n").map((line) => line.split(": ")[1]),
      [
        "other_policy",
        "other_task",
        "other_script",
        "other_corpus",
        "wrong_head",
      ],
    );
  },
});

Deno.test({
  name: "verify says of every run of a folder that it is verified",
  ignore,
  async fn() {
    const { code, stdout, stderr } = await verify("runs");
    assertEquals([code, stderr], [0, ""]);
    const names = stdout.trimEnd().split("\n").map((line) =>
      line.replace(/: verified \d+ events, head [0-9a-f]{64}$/, "")
    );
    assertEquals(names.length, 22);
    assertEquals(names, names.toSorted());
    assertEquals(names.includes(RUN) && names.includes(OTHER), true);
    const json = await verify("runs/policy_gates", "--json");
    const verified = json.stdout.trimEnd().split("\n")
      .map((line) => JSON.parse(line).run);
    assertEquals(
      [json.code, verified],
      [0, names.filter((name) => name.startsWith("runs/policy_gates/"))],
    );
  },
});

Deno.test({
  name: "verify takes the one run of a folder with --head",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    copyRun(join(folder.path, "runs/one"));
    const { code } = await verify(folder.path, "--head", headOf(RUN));
    assertEquals(code, 0);
  },
});

Deno.test({
  name: "verify shows nothing of a folder's name that a terminal obeys",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    copyRun(join(folder.path, "\x1b[2Jx"));
    const { code, stdout } = await verify(folder.path);
    assertEquals([code, stdout.includes("\x1b")], [0, false]);
  },
});

for (const lost of ["state.jsonl", "trace.json", "run_report.md"]) {
  Deno.test({
    name: `verify does not pass over a run of a folder that lost its ${lost}`,
    ignore,
    async fn() {
      using folder = temporaryFolder();
      copyRun(join(folder.path, "a"));
      copyRun(join(folder.path, "b"));
      Deno.removeSync(join(folder.path, "a", lost));
      const { code, stdout } = await verify(folder.path);
      assertEquals(code, 2);
      assertMatch(stdout, new RegExp(`/a/${lost}: file_missing: `));
      assertMatch(stdout, /\/b: verified 7 events, /);
    },
  });
}

Deno.test({
  name: "verify knows the documents of the canonical run",
  ignore,
  async fn() {
    const canonical = [...Deno.readDirSync(join(PROJECT, "runs"))]
      .map(({ name }) => name).filter((name) => /^\d{4}-/.test(name));
    const { code, stdout } = await verify(
      ...canonical.map((name) => join("runs", name)),
      ...["--task", "tasks/canonical.yaml", "--corpus", "corpus/v1"],
    );
    assertEquals(code, 0);
    assertMatch(stdout, /^runs\/\S+: verified 37 events, head [0-9a-f]{64}\n$/);
  },
});

/** Turns a denial into something else, in the ledger and in the trace. */
function changed(name: string, text: string): string {
  if (name === "trace.json") return text.replace('"deny"', '"dent"');
  return text.replace('"decision":"deny"', '"decision":"dent"');
}

Deno.test({
  name: "verify says where a run was changed, and exits with 2",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const path = join(folder.path, "run");
    Deno.mkdirSync(join(path, "\x1b[2Jx"), { recursive: true });
    for (const { name } of Deno.readDirSync(join(PROJECT, RUN))) {
      const text = Deno.readTextFileSync(join(PROJECT, RUN, name));
      Deno.writeTextFileSync(join(path, name), changed(name, text));
    }
    const { code, stdout } = await verify(path);
    assertEquals(code, 2);
    const [first = "", second = ""] = stdout.split("\n");
    assertMatch(
      first,
      /\/run\/state\.jsonl:5: wrong_hash: the line was changed/,
    );
    assertMatch(second, /\/run\/trace\.json: wrong_digest: /);
    assertEquals(stdout.includes("\x1b"), false);

    const json = await verify(path, "--json");
    const { run, findings, events, regenerated }: Record<string, unknown> = JSON
      .parse(json.stdout);
    assertEquals([json.code, run, events, regenerated], [2, path, 7, false]);
    assertEquals(Array.isArray(findings) && findings[0]?.code, "wrong_hash");
  },
});

for (
  const { args, message } of [
    { args: [], message: "Expected RUN_DIR..., found nothing" },
    { args: ["none"], message: "none: there is no such directory" },
    { args: ["README.md"], message: "README.md: it is not a directory" },
    { args: [RUN, "--head", "9f57"], message: 'Cannot use --head "9f57"' },
    {
      args: [RUN, OTHER, "--head", "0".repeat(64)],
      message: "--head is the hash of one run",
    },
    {
      args: ["runs/policy_gates", "--head", "0".repeat(64)],
      message: "--head is the hash of one run",
    },
    {
      args: ["policy"],
      message: "policy: there is no run in it: no state.jsonl\n",
    },
    {
      args: [RUN, "policy"],
      message: "policy: there is no run in it: no state.jsonl\n",
    },
    { args: [RUN, "--task", "none.yaml"], message: "none.yaml: there is no" },
    { args: [RUN, "--keep"], message: 'Cannot understand "--keep"' },
  ]
) {
  Deno.test({
    name: `verify ${args.join(" ")} is refused: ${message}`,
    ignore,
    async fn() {
      const { code, stdout, stderr } = await verify(...args);
      assertEquals([code, stdout], [1, ""]);
      assertEquals(stderr.slice(0, message.length), message);
    },
  });
}

Deno.test({
  name: "verify holds an attestation against a key and the artifacts",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const cwd = folder.path;
    const run = join(cwd, "run");
    copyRun(run);
    await warmProgram(["keygen", "--out", "key"], { cwd });
    await warmProgram(["keygen", "--out", "other"], { cwd });
    const verifyWith = async (key: string) => {
      const ended = await warmProgram(["verify", "run", "--key", key], { cwd });
      return [ended.code, /: (\w+): /.exec(ended.stdout)?.[1]];
    };
    assertEquals(await verifyWith("key.pub"), [2, "attestation_missing"]);
    await warmProgram(["sign", "run", "--key", "key"], { cwd });
    assertEquals(await verifyWith("key.pub"), [0, undefined]);
    const { stdout } = await warmProgram(
      ["verify", "run", "--key", "key.pub"],
      {
        cwd,
      },
    );
    assertMatch(stdout, /, signed by [0-9a-f]{64}\n$/);
    assertEquals(await verifyWith("other.pub"), [2, "signature_key"]);
    const manifest = join(run, "manifest.json");
    const text = Deno.readTextFileSync(manifest);
    Deno.writeTextFileSync(
      manifest,
      text.replace('"timestamp": "20', '"timestamp": "19'),
    );
    assertEquals((await warmProgram(["verify", "run"], { cwd })).code, 0);
    assertEquals(await verifyWith("key.pub"), [2, "subject_differs"]);
  },
});

for (
  const { command, line } of [
    { command: "verify", line: "runs/b: " },
    { command: "replay", line: "runs/b/state.jsonl: " },
  ]
) {
  Deno.test({
    name: `${command} looks at the runs beside a folder that cannot be read`,
    ignore,
    async fn() {
      using folder = temporaryFolder();
      const path = (name: string) => join(folder.path, "runs", name);
      for (const name of ["a", "b", "c"]) copyRun(path(name));
      const { code, stdout, stderr } = await program([command, "runs"], {
        cwd: folder.path,
        permissions: ["--allow-read", `--deny-read=${path("b")}`],
      });
      assertEquals([code, stderr], [
        1,
        `${line}the process has no permission to read it; see --allow-read\n`,
      ]);
      assertEquals(
        stdout.split("\n").map((each) => each.split(":")[0]),
        ["runs/a", "runs/c", ""],
      );
    },
  });
}

Deno.test({
  name: "verify finds that an attestation is not a file",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const cwd = folder.path;
    copyRun(join(cwd, "run"));
    await warmProgram(["keygen", "--out", "key"], { cwd });
    Deno.mkdirSync(join(cwd, "run/attestation.json"));
    const ended = await warmProgram(["verify", "run", "--key", "key.pub"], {
      cwd,
    });
    assertEquals(ended, {
      code: 2,
      stdout:
        "run/attestation.json: not_a_file: expected a file, found a directory\n" +
        "run/attestation.json: attestation_missing: there is no attestation.json\n",
      stderr: "",
    });
  },
});

Deno.test({
  name: "verify ends soon, whatever pattern a policy on record has",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const write = (name: string, text: string) =>
      Deno.writeTextFileSync(join(folder.path, name), text);
    const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"));
    write("policy.yaml", `${policy}redact: { patterns: ['(a+)+$'] }\n`);
    write(
      "task.yaml",
      `id: long
question: What is asked?
policy: policy.yaml
script:
  - answer: ${"a".repeat(100_000)}!
`,
    );
    const start = { cwd: folder.path, timeoutMs: 20_000 };
    const run = await warmProgram(
      ["run", "task.yaml", "--out", "out", "--quiet"],
      start,
    );
    assertEquals([run.code, run.stderr], [0, ""]);
    const { code, stdout } = await warmProgram(["verify", "out"], start);
    assertEquals(code, 0);
    assertMatch(stdout, /^out: verified \d+ events/);
  },
});
