import { dirname, isAbsolute, join } from "../../deps.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { importedPolicy } from "../../policy/permissions/imported_policy.ts";
import { readPermissions } from "../../policy/permissions/settings_permissions.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output } from "../command/command.ts";
import { readInput } from "../machine/files.ts";

/** `policy import`: prints a policy made of the permissions of Claude Code, and says what it does not carry over. */
export function importPolicy(args: readonly string[], output: Output): number {
  const given = parseCommandLine(args, {
    options: ["root", "home"],
    operands: ["FILE"],
  });
  const path = given.operand(0);
  const settings = readPermissions(readInput(path), path);
  const file = absolute(path);
  const home = given.option("home", absolute);
  // The settings of a project are in its folder `.claude`.
  const folder = dirname(file);
  const isOfProject = folder.endsWith("/.claude") &&
    dirname(folder) !== home;
  const project = isOfProject ? dirname(folder) : folder;
  const { text, notes } = importedPolicy(settings, {
    root: given.option("root", absolute) ??
      (isOfProject ? project : Deno.cwd()),
    home,
    settings: project,
  });
  // Nothing is printed that would not be taken.
  loadPolicy(text, path);
  for (const each of notes) output.note(terminalLine(`${path}: ${each}`));
  output.data(text.trimEnd());
  return EXIT.ok;
}

function absolute(path: string): string {
  const whole = isAbsolute(path) ? path : join(Deno.cwd(), path);
  return whole.replace(/(?<=.)\/+$/, "");
}
