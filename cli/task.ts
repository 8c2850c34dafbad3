import { taskJsonSchema } from "../tasks/task.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, UsageError } from "./command.ts";

/** `task`: prints what a task file may hold. */
export const task: Command = {
  summary: "print the JSON Schema of a task file",
  help: `Usage: task schema

schema  prints the JSON Schema of a task file
`,
  run(args, output) {
    const action = parseCommandLine(args, { operands: ["schema"] }).operand(0);
    if (action !== "schema") {
      throw new UsageError(`Expected schema, found ${action}`);
    }
    output.data(JSON.stringify(taskJsonSchema(), null, 2));
    return EXIT.ok;
  },
};
