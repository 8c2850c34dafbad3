import type { CommandLine } from "../command/command_line.ts";
import { UsageError } from "../command/command.ts";

/** The flags of the command line that say how much is told. */
export const PROGRESS_FLAGS = ["verbose"] as const;

/** What commands say of them. */
export const PROGRESS_HELP = {
  usage: "[--verbose]",
  run:
    `  --verbose          on standard error a line for everything that the run
                     does, as inspect prints it, instead of one for each step;
                     the policy's redaction counts for it`,
  resume: "  --verbose     as for `run`",
} as const;

/** `steps`: a line a step; `events`: a line an event; `json`: an object an event. */
export type ProgressForm = "steps" | "events" | "json";

/**
 * The form that the command line asks for.
 *
 * @throws {UsageError} for `--json --verbose`, which is the same as `--json`
 */
export function progressForm(given: CommandLine): ProgressForm {
  const [isVerbose, isJson] = [given.flag("verbose"), given.flag("json")];
  if (isVerbose && isJson) {
    throw new UsageError(
      "Cannot use --verbose with --json, which has everything already",
    );
  }
  return isJson ? "json" : isVerbose ? "events" : "steps";
}
