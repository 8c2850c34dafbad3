import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { validateTraceText } from "../trace/validate.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const TASK = join(PROJECT, "examples/constitution/task.yaml");

Deno.test({
  name: "the example finds its answer in real text, under its own policy",
  ignore: lacks("read", "write", "run"),
  async fn() {
    using folder = temporaryFolder();
    const { code, stdout } = await program(["run", TASK, "--out", "out"], {
      cwd: folder.path,
    });
    assertEquals(code, 0);
    assertStringIncludes(
      stdout,
      "No person may be elected President more than twice",
    );
    const out = (name: string) =>
      Deno.readTextFileSync(join(folder.path, "out", name));
    assertEquals(validateTraceText(out("trace.json")), []);
    const ledger = out("state.jsonl");
    // Both searches find what the script goes on with, so it is no mere recital.
    assertStringIncludes(ledger, '"hits":[{"id":"amendment-22"');
    assertStringIncludes(ledger, '"hits":[{"id":"amendment-25"');
    assertStringIncludes(ledger, "No person shall be elected to the office");
    assertStringIncludes(ledger, "the Vice President shall become President");
  },
});

Deno.test({
  name: "the example is denied under a policy that does not allow its host",
  ignore: lacks("read", "write", "run"),
  async fn() {
    using folder = temporaryFolder();
    const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
      .replace("fixtures.local", "archive.example");
    Deno.writeTextFileSync(join(folder.path, "strict.yaml"), policy);
    const { code, stdout } = await program(
      ["run", TASK, "--policy", "strict.yaml", "--out", "out"],
      { cwd: folder.path },
    );
    assertEquals(code, 2);
    assertStringIncludes(stdout, "out: policy_denial_terminal after 2 steps");
    assertStringIncludes(
      Deno.readTextFileSync(join(folder.path, "out/run_report.md")),
      'denied by `url_allowlist`: `the host "fixtures.local" is not listed`',
    );
  },
});
