import {
  deadClauses,
  type Oddity,
} from "../../policy/document/dead_clauses.ts";
import type { Policy } from "../../policy/document/load.ts";
import { yamlTree } from "../../policy/document/yaml_tree.ts";
import { IMAGINED_SANDBOX } from "../../policy/testing/imagined_place.ts";
import { isNamed } from "../../policy/tool_pattern.ts";
import { didYouMean } from "../../tools/data/nearest.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output } from "../command/command.ts";
import { askedTools } from "../input/asked_tools.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import type { ToolFile } from "../input/tool_definitions.ts";
import { namesInPolicy } from "../input/tool_name_hints.ts";

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
  const toolsPath = given.option("tools");
  const { tools, refused } = await askedTools(toolsPath, IMAGINED_SANDBOX);
  for (const { reason } of refused) {
    output.note(`${toolsPath}: this tool is denied: ${reason}`);
  }
  const { document } = policy;
  const areAll = toolsPath !== undefined;
  tell(policy, {
    path,
    output,
    oddities: [
      ...unknownNames(document, { tools, refused }, toolsPath),
      ...starsUnderAllowed(document),
      ...document.mode === "audit" ? [IN_AUDIT] : [],
      ...deadClauses(document, { tools, areAll }),
    ],
  });
  output.data(`${terminalLine(path)}: policy ${policy.version}`);
  return EXIT.ok;
}

const IN_AUDIT: Oddity = {
  path: ["mode"],
  message: "calls run whatever is decided, but for those that cannot run",
};

/** Says what is odd, in the order of the lines. */
function tell(
  { text }: Policy,
  { path, oddities, output }: {
    readonly path: string;
    readonly oddities: readonly Oddity[];
    readonly output: Output;
  },
): void {
  const { lineOf } = yamlTree(text);
  const placed = oddities.map((each) => ({
    ...each,
    line: lineOf(each.path) ?? 1,
  }));
  for (const { path: place, line, message } of placed.toSorted(byLine)) {
    output.note(
      terminalLine(`${path}:${line}: ${spellPath(place)}: ${message}`),
    );
  }
}

function byLine(
  one: { readonly line: number },
  other: { readonly line: number },
): number {
  return one.line - other.line;
}

/**
 * Names that no tool has, each where it stands first. Without a file that has all of them, any name may belong
 * to a tool of another program, unless it looks like a name of our own.
 */
function unknownNames(
  document: Policy["document"],
  { tools, refused }: ToolFile,
  toolsPath: string | undefined,
): readonly Oddity[] {
  const known = [
    ...tools.keys(),
    ...refused.flatMap(({ name }) => name ?? []),
  ];
  const described = (document.tools ?? []).flatMap(({ match }) => match);
  const told = new Set<string>();
  return namesInPolicy(document).flatMap(({ path, name }) => {
    if (told.has(name) || known.some((each) => isNamed(each, [name]))) {
      return [];
    }
    told.add(name);
    // What the policy itself describes is a tool of another program.
    if (toolsPath === undefined && described.some((each) => each === name)) {
      return [];
    }
    const meant = didYouMean(name, known);
    const where = toolsPath === undefined ? "" : ` in ${toolsPath}`;
    const what = name.endsWith("*")
      ? `no tool${where} begins with "${name.slice(0, -1)}"`
      : `no tool${where} is called "${name}"${meant}`;
    return toolsPath === undefined && meant === ""
      ? []
      : [{ path, message: what }];
  });
}

function starsUnderAllowed(
  { tool_registry }: Policy["document"],
): readonly Oddity[] {
  return tool_registry.allowed.flatMap((name, index) =>
    name.endsWith("*")
      ? [{
        path: ["tool_registry", "allowed", index],
        message:
          `"${name}" also allows tools that are added later; list each tool by its name where you can`,
      }]
      : []
  );
}
