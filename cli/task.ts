import { taskJsonSchema } from "../tasks/task.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { choice } from "./command/choice.ts";
import { type Command, EXIT } from "./command/command.ts";

/** `task`: prints what a task file may hold. */
export const task: Command = {
  summary: "print the JSON Schema of a task file",
  help: `Usage: task schema

schema  prints the JSON Schema of a task file
`,
  run(args, output) {
    const given = parseCommandLine(args, { operands: ["schema"] });
    choice(given.operand(0), { where: "Cannot understand", of: ["schema"] });
    output.data(JSON.stringify(taskJsonSchema(), null, 2));
    return EXIT.ok;
  },
};
