import { join } from "../deps.ts";
import { PROJECT } from "./program.ts";

/** Writes the task of a scripted run of so many steps that call a tool, and its policy. */
export function writeLongTask(folder: string, steps: number): void {
  const calls = Array.from(
    { length: steps },
    (_, index) =>
      `  - calls: [{ tool: summarize, args: { text: "Step ${index}." } }]\n`,
  );
  Deno.writeTextFileSync(
    join(folder, "long.yaml"),
    `id: long\nquestion: Are we there?\npolicy: long_policy.yaml\nscript:\n${
      calls.join("")
    }  - answer: We are.\n`,
  );
  const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace(/max_iterations: \d+/, `max_iterations: ${steps + 1}`)
    .replace(/max_tool_calls: \d+/, `max_tool_calls: ${steps}`);
  Deno.writeTextFileSync(join(folder, "long_policy.yaml"), policy);
}
