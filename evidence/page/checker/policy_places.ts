import { CLAUSE_SECTIONS } from "../../../policy/document/clauses.ts";
import { yamlTree } from "../../../policy/document/yaml_tree.ts";
import { isObject } from "../../../tools/data/json.ts";

/**
 * The first and the last line of each part of a policy, from 1: of a section by its
 * key, of what a section holds by `loop_budget.max_tokens` or `deny[2]`, and of a
 * clause also by its id.
 */
export type PolicyPlaces = Readonly<Record<string, readonly [number, number]>>;

interface Begin {
  readonly names: readonly string[];
  readonly line: number;
  readonly depth: 1 | 2;
}

/** Finds the lines of a policy's parts; of a text that is not YAML, none. */
export function policyPlaces(text: string): PolicyPlaces {
  const tree = yamlTree(text);
  const root = tree.value.ok ? tree.value.value : undefined;
  if (!isObject(root)) return {};
  const begins: Begin[] = [];
  const add = (
    path: readonly PropertyKey[],
    names: readonly string[],
  ) => {
    const line = tree.lineOf(path);
    const depth = path.length === 1 ? 1 : 2;
    if (line !== undefined) begins.push({ names, line, depth });
  };
  for (const [key, value] of Object.entries(root)) {
    add([key], [key]);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const id = isClause(key) && isObject(item) ? item.id : undefined;
        const place = `${key}[${index}]`;
        add([key, index], typeof id === "string" ? [place, id] : [place]);
      }
    } else if (isObject(value)) {
      for (const inner of Object.keys(value)) {
        add([key, inner], [`${key}.${inner}`]);
      }
    }
  }
  const lines = text.split("\n");
  const sorted = begins.toSorted((a, b) => a.line - b.line);
  return Object.fromEntries(sorted.flatMap(({ names, line, depth }, at) => {
    const next = sorted.slice(at + 1).find((each) =>
      each.depth <= depth && each.line > line
    );
    const end = lastLine(lines, line, (next?.line ?? lines.length + 1) - 1);
    return names.map((name) => [name, [line, end] as const]);
  }));
}

function isClause(section: string): boolean {
  return CLAUSE_SECTIONS.some((each) => each === section);
}

/** The last line from `from` to `to` that is neither blank nor a comment. */
function lastLine(lines: readonly string[], from: number, to: number): number {
  let last = to;
  while (last > from && /^\s*(?:#|$)/.test(lines[last - 1] ?? "")) last -= 1;
  return last;
}
