import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../tools/data/input_error.ts";
import { agentTask } from "./agent_task.ts";

for (
  const question of [
    "What is open?",
    'a "quoted" text: with # signs, {braces} and - dashes\nand lines\r\n\tand tabs',
    "é 😀 \u0085 \u2028 \u2029 \ufeff \u007f \u0000 \uffff",
    "*alias &anchor !tag |",
  ]
) {
  Deno.test(`agentTask() keeps ${JSON.stringify(question)} for the command line`, () => {
    const script = [{ answer: question }];
    const { document } = agentTask({ id: "agent", question, seed: 7, script });
    assertEquals(document.question, question);
    assertEquals(document.script, script);
    assertEquals([document.id, document.seed], ["agent", 7]);
  });
}

Deno.test("agentTask() refuses an empty question and an odd id", () => {
  for (const [id, question] of [["agent", " "], ["a b", "?"]] as const) {
    assertThrows(() => agentTask({ id, question, seed: 0 }), InputError);
  }
});
