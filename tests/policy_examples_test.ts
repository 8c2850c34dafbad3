/**
 * The policies of examples/ that people start from: each decides what its tests say,
 * and says what each of its clauses is for.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import { exists } from "../evidence/store/exists.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { clausesIn } from "../policy/testing/coverage.ts";
import { readPolicyTests } from "../policy/testing/test_document.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, warmProgram } from "./program.ts";

const reads = { ignore: lacks("read") };
const runs = { ignore: lacks("read", "write", "run") };

/** Folders of examples with tests of their policy. */
function tested(): readonly string[] {
  return [...Deno.readDirSync(join(PROJECT, "examples"))]
    .map(({ name }) => `examples/${name}`)
    .filter((folder) => exists(join(PROJECT, folder, "policy_test.yaml")))
    .sort();
}

function text(path: string): string {
  return Deno.readTextFileSync(join(PROJECT, path));
}

async function policyTest(args: readonly string[]) {
  const files = tested().map((folder) => `${folder}/policy_test.yaml`);
  return await warmProgram(["policy", "test", ...files, ...args], {
    cwd: PROJECT,
    permissions: ["--allow-read=."],
  });
}

Deno.test(
  "there are tests of the policies that people start from",
  reads,
  () => {
    assertEquals(tested(), [
      "examples/browser_agent",
      "examples/database_analyst",
      "examples/payments",
      "examples/repository_assistant",
      "examples/support_desk",
    ]);
  },
);

Deno.test(
  "every example decides what its tests say, by every clause",
  runs,
  async () => {
    const { code, stdout, stderr } = await policyTest([
      ...["--coverage", "--min-coverage", "100"],
    ]);
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, /^\d+ cases, 0 failed\n$/);
    assertEquals(
      stderr.trimEnd().split("\n").map((line) => line.split(" ")[1]),
      tested().map(() => "100"),
    );
  },
);

Deno.test(
  "the tests of every example make one JUnit report",
  runs,
  async () => {
    const { code, stdout } = await policyTest(["--reporter", "junit"]);
    const cases = tested().flatMap((folder) => {
      const path = `${folder}/policy_test.yaml`;
      return readPolicyTests(text(path), path).cases;
    });
    assertEquals(code, 0);
    assertMatch(
      stdout,
      new RegExp(`<testsuites tests="${cases.length}" failures="0" errors="0"`),
    );
    assertEquals(stdout.match(/<testcase /g)?.length, cases.length);
  },
);

for (const folder of lacks("read") ? [] : tested()) {
  Deno.test(`a comment says what each clause of ${folder} is for`, () => {
    const source = text(`${folder}/policy.yaml`);
    const lines = source.split("\n");
    for (const { name, line = 1 } of clausesIn(loadPolicy(source, folder))) {
      const before = lines[line - 2] ?? "";
      assert(/^ *# /.test(before), `${folder}: no comment before ${name}`);
    }
  });
}
