import type { Policy } from "../../policy/document/load.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { IMAGINED_SANDBOX } from "../../policy/testing/imagined_place.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output } from "../command/command.ts";
import { askedTools } from "../input/asked_tools.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { toolNameHints, toolsInPolicy } from "../input/tool_name_hints.ts";

/** `policy validate`: says which version a policy has, and what in it is odd. */
export async function validatePolicy(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, {
    options: ["tools"],
    operands: ["FILE"],
  });
  const path = given.operand(0);
  const policy = readPolicyFile(path);
  const { tools } = await askedTools(given.option("tools"), IMAGINED_SANDBOX);
  const named = toolsInPolicy(policy.document);
  const known = [...tools.keys()];
  for (const hint of toolNameHints(path, { named, known })) output.note(hint);
  for (const warning of warnings(policy, path)) {
    output.note(terminalLine(warning));
  }
  output.data(`${terminalLine(path)}: policy ${policy.version}`);
  return EXIT.ok;
}

/** What is sound, and may not be what was meant. */
function* warnings(
  { document: { tool_registry } }: Policy,
  path: string,
): Generator<string> {
  for (const [index, name] of tool_registry.allowed.entries()) {
    if (!name.endsWith("*")) continue;
    yield `${path}: tool_registry.allowed[${index}]: "${name}" also allows tools that are added later; list each tool by its name where you can`;
  }
}
