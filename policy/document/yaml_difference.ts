import type { InputProblem } from "../../tools/data/input_error.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import type { YamlTree } from "./yaml_tree.ts";

/**
 * Says where the tree of a YAML text has another value than the first parser
 * found; `undefined` when both have the same.
 */
export function yamlDifference(
  { value: other, lineOf }: YamlTree,
  found: unknown,
): InputProblem | undefined {
  if (!other.ok) {
    return {
      path: "",
      line: other.line,
      message:
        `one reader of YAML accepts this, another does not: ${other.message}`,
    };
  }
  const difference = firstDifference(found, other.value);
  if (difference === undefined) return undefined;
  const { path, one, other: two } = difference;
  return {
    path: spellPath(path),
    line: lineOf(path),
    message: `one reader of YAML finds ${show(one)} here, another ${
      show(two)
    }; quote a text, and write a number in plain decimal digits`,
  };
}

interface Difference {
  readonly path: readonly PropertyKey[];
  readonly one: unknown;
  readonly other: unknown;
}

/** The first place, in the order of `one`, at which two documents differ. */
function firstDifference(one: unknown, other: unknown): Difference | undefined {
  const open: Difference[] = [{ path: [], one, other }];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const { path, one, other } = pair;
    if (!isCollection(one) || !isCollection(other)) {
      if (!Object.is(one, other)) return pair;
      continue;
    }
    if (Array.isArray(one) !== Array.isArray(other)) return pair;
    const keys = Object.keys(one);
    const ofOther = new Set(Object.keys(other));
    if (keys.length !== ofOther.size) return pair;
    for (const key of keys.reverse()) {
      if (!ofOther.has(key)) return pair;
      open.push({
        path: [...path, Array.isArray(one) ? Number(key) : key],
        one: Reflect.get(one, key),
        other: Reflect.get(other, key),
      });
    }
  }
}

function isCollection(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isCollection(value)) return "a mapping";
  if (typeof value === "string") return `the text ${JSON.stringify(value)}`;
  return Object.is(value, -0) ? "-0" : String(value);
}
