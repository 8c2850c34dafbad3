import { TOOL_SECTIONS } from "../../policy/document/clauses.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { TaskDocument } from "../../tasks/task.ts";
import { nearest } from "../../tools/data/nearest.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/** A name of a tool in a file that a person wrote. */
export interface NamedTool {
  /** Its place: `tool_registry.allowed[1]`. */
  readonly place: string;
  readonly name: string;
}

/** A name of a tool, or the beginning of several with a `*` after it, in a policy. */
export interface PolicyName {
  readonly path: readonly (string | number)[];
  readonly name: string;
}

/** The tools that a policy names, families of them too. */
export function namesInPolicy(policy: PolicyDocument): readonly PolicyName[] {
  const { tool_registry, tools = [] } = policy;
  return [
    ...listed(["tool_registry", "allowed"], tool_registry.allowed),
    ...listed(["tool_registry", "denied"], tool_registry.denied),
    ...tools.flatMap(({ match }, index) =>
      listed(["tools", index, "match"], match)
    ),
    ...TOOL_SECTIONS.flatMap((section) =>
      (policy[section] ?? []).flatMap(({ tools }, index) =>
        listed([section, index, "tools"], tools)
      )
    ),
  ].filter(({ name }) => name !== "*");
}

/** The tools that a policy names one by one. */
export function toolsInPolicy(policy: PolicyDocument): readonly NamedTool[] {
  return namesInPolicy(policy)
    .filter(({ name }) => !name.endsWith("*"))
    .map(({ path, name }) => ({ place: spellPath(path), name }));
}

/** The tools that a task's script calls, and those that it expects decisions on. */
export function toolsInTask(
  { script, expect }: TaskDocument,
): readonly NamedTool[] {
  const called = script.flatMap(({ calls = [] }, step) =>
    calls.map(({ tool }, index) => ({
      place: `script[${step}].calls[${index}].tool`,
      name: tool,
    }))
  );
  const expected = (expect?.decisions ?? []).flatMap(({ tool }, index) =>
    tool === undefined
      ? []
      : [{ place: `expect.decisions[${index}].tool`, name: tool }]
  );
  return [...called, ...expected];
}

/**
 * Warns about each name that looks like the name of a tool but is not one, a
 * line each. Any other name may belong to a tool of another program.
 */
export function toolNameHints(
  source: string,
  { named, known }: {
    readonly named: readonly NamedTool[];
    readonly known: readonly string[];
  },
): readonly string[] {
  const told = new Set(known);
  return named.flatMap(({ place, name }) => {
    const meant = told.has(name) ? undefined : nearest(name, known);
    told.add(name);
    return meant === undefined ? [] : [
      terminalLine(
        `${source}: ${place}: no tool is called "${name}"; did you mean "${meant}"?`,
      ),
    ];
  });
}

function listed(
  list: PolicyName["path"],
  names: readonly string[],
): readonly PolicyName[] {
  return names.map((name, index) => ({ path: [...list, index], name }));
}
