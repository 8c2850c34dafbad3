import type { Output } from "../cli/command/command.ts";
import { outputTo } from "../cli/command/output.ts";

/** What an agent says to people goes to standard error: standard output is the program's. */
export const STANDARD_ERROR: Output = outputTo({
  data: (line) => console.error(line),
  note: (line) => console.error(line),
  isTerminal: true,
});
