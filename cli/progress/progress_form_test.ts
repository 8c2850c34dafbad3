import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine } from "../command/command_line.ts";
import { UsageError } from "../command/command.ts";
import { progressForm } from "./progress_form.ts";

Deno.test("progressForm() takes --json or --verbose, and not both", () => {
  const form = (...args: readonly string[]) =>
    progressForm(parseCommandLine(args, { flags: ["json", "verbose"] }));
  assertEquals([form(), form("--json"), form("--verbose")], [
    "steps",
    "json",
    "events",
  ]);
  assertThrows(() => form("--json", "--verbose"), UsageError);
});
