import { assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { openStaging } from "../../evidence/store/staging.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { loadTask } from "../../tasks/task.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { outputTo } from "../command/output.ts";
import { type CommittedRun, emitRuns } from "./suite.ts";

const ignore = lacks("read", "write");

/** A run that answers, and expects to end as it is told. */
function run(name: string, expected: string): CommittedRun {
  const text = `id: ${name}
question: What is there?
script: [{ answer: Nothing. }]
expect: { terminal_reason: ${expected} }
`;
  return {
    name,
    scenario: {
      task: loadTask(text, `${name}.yaml`),
      policy: loadPolicy(policyText, "policy/v1.yaml"),
      documents: [],
      runId: name,
    },
  };
}

Deno.test({
  name: "emitRuns() skips a run that is not as expected, and continues",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    using staging = openStaging(folder.path);
    const [data, notes]: [string[], string[]] = [[], []];
    const output = outputTo({
      data: (line) => void data.push(line),
      note: (line) => void notes.push(line),
      isTerminal: false,
    });
    const code = await emitRuns(
      [run("wrong", "loop_budget"), run("right", "final_answer")],
      { staging, output, json: false },
    );
    assertEquals(code, 2);
    assertEquals(notes, [
      'runs/wrong: terminal_reason: expected "loop_budget", saw "final_answer"',
    ]);
    assertEquals(data.length, 1);
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name)
      .filter((name) => !name.startsWith("."));
    assertEquals(names, ["right"]);
    assertEquals(
      [...Deno.readDirSync(join(folder.path, "right"))].length,
      4,
    );
  },
});
