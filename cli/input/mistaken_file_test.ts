import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { PROJECT, temporaryFolder } from "../../tests/program.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { readPolicyFile } from "./policy_file.ts";
import { readTaskFile } from "./task_file.ts";

const TASK = join(PROJECT, "tasks/canonical.yaml");
const POLICY = join(PROJECT, "policy/v1.yaml");
const ignore = lacks("read", "write");

Deno.test({
  name: "a task in the place of a policy, and the other way round, is named",
  ignore,
  fn() {
    assertEquals(readTaskFile(TASK).document.id, "canonical");
    assertEquals(readPolicyFile(POLICY).document.version, 1);
    assertEquals(
      assertThrows(() => readPolicyFile(TASK), InputError).message,
      `${TASK}: this looks like a task; a policy is wanted here`,
    );
    assertEquals(
      assertThrows(() => readTaskFile(POLICY), InputError).message,
      `${POLICY}: this looks like a policy; a task is wanted here`,
    );
  },
});

for (
  const { what, text, problem } of [
    {
      what: "a task with keys of a policy",
      text: "id: a\nquestion: b\nloop_budget: {}\n",
      problem: 'unknown key "loop_budget"',
    },
    {
      what: "a task that changes a policy",
      text: "id: a\npolicy_overrides:\n  loop_budget: {}\n",
      problem: "question: missing; expected string",
    },
    { what: "neither", text: "colour: red\n", problem: 'unknown key "colour"' },
  ]
) {
  Deno.test({
    name: `a task file that is ${what} has its own problems`,
    ignore,
    fn() {
      using folder = temporaryFolder();
      const path = join(folder.path, "task.yaml");
      Deno.writeTextFileSync(path, text);
      const { message } = assertThrows(() => readTaskFile(path), InputError);
      assertStringIncludes(message, problem);
    },
  });
}
