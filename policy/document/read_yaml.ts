import type { z } from "../../deps.ts";
import { parseYaml } from "../../tools/data/yaml.ts";
import { InputError, type InputProblem } from "../../tools/data/input_error.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import { yamlDifference } from "./yaml_difference.ts";
import { type YamlTree, yamlTree } from "./yaml_tree.ts";

/**
 * Parses a YAML text and validates it strictly. `source` names it in errors.
 *
 * The text is read by two parsers that have nothing in common, and refused
 * unless both find the same.
 *
 * @throws {InputError} that lists every problem with its line and path
 */
export function readYaml<T>(
  text: string,
  source: string,
  schema: z.ZodMiniType<T>,
): T {
  return readYamlTree(yamlTree(text), { text, source, schema });
}

/** What `readYaml` does, for a text whose tree is known. */
export function readYamlTree<T>(
  tree: YamlTree,
  { text, source, schema }: {
    readonly text: string;
    readonly source: string;
    readonly schema: z.ZodMiniType<T>;
  },
): T {
  const document = parse(text, source);
  if (!isSmall(document)) {
    const message =
      `it has more than ${MAX_VALUES} values, aliases written out`;
    throw new InputError(source, [{ path: "", message }]);
  }
  const difference = yamlDifference(tree, document);
  if (difference !== undefined) throw new InputError(source, [difference]);
  const result = schema.safeParse(document, { error: wording });
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue): InputProblem => ({
    path: spellPath(issue.path),
    line: tree.lineOf(placeOf(issue)),
    message: issue.message,
  }));
  throw new InputError(source, problems);
}

function parse(text: string, source: string): unknown {
  // In JSON, which is YAML too, a tab is as good as a space.
  const isJson = /^\s*[{[]/.test(text);
  const tab = text.split("\n").findIndex((line) => line.startsWith("\t"));
  if (tab >= 0 && !isJson) {
    const message = "a line is indented with a tab; YAML wants spaces";
    throw new InputError(source, [{ path: "", line: tab + 1, message }]);
  }
  try {
    return parseYaml(text, { schema: "core" });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const place = / at line (\d+), column (\d+)/.exec(message);
    throw new InputError(source, [{
      path: "",
      line: place?.[1] === undefined ? undefined : Number(place[1]),
      message: message.split("\n", 1)[0]?.replace(/ at line .*$/, "") ?? "",
    }], { cause });
  }
}

/** How many values a document may have. */
const MAX_VALUES = 1_000_000;

/** A few lines of aliases can stand for more values than can ever be looked at. */
function isSmall(document: unknown): boolean {
  const open = [document];
  for (let count = 0; open.length > 0; count++) {
    if (count + open.length > MAX_VALUES) return false;
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    for (const each of Object.values(value)) open.push(each);
  }
  return true;
}

type Issue = z.core.$ZodIssue;

/** An unknown key is reported where it stands, not at its parent. */
function placeOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === "unrecognized_keys"
    ? [...issue.path, ...issue.keys.slice(0, 1)]
    : issue.path;
}

/** Words the common problems so that they say what would be right. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") {
    return `unknown ${issue.keys.length === 1 ? "key" : "keys"} ${
      issue.keys.map((key: string) => `"${key}"`).join(", ")
    }`;
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return `missing; expected ${issue.expected}`;
  }
  if (issue.code === "invalid_type") {
    return `expected ${issue.expected}, found ${nameOfType(issue.input)}`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map((value: unknown) => JSON.stringify(value));
    return `expected ${values.join(" or ")}, found ${
      JSON.stringify(issue.input) ?? "nothing"
    }`;
  }
}

function nameOfType(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number") return `number ${value}`;
  return `${typeof value} ${JSON.stringify(value)}`;
}
