import { table } from "../evidence/report/markdown.ts";
import { isObject } from "../tools/data/json.ts";
import { wordsAsCode } from "./words_as_code.ts";

type Schema = Readonly<Record<string, unknown>>;

/** The reference of a policy file as Markdown: a table of keys for each section, made from its JSON Schema. */
export function policyReference(schema: Schema): string {
  const sections = Object.entries(propertiesOf(schema)).flatMap(
    ([name, section]) => sectionsOf(name, section),
  );
  const [condition] = Object.entries(definitionsOf(schema))
    .filter(([name]) => name === "condition").map(([, each]) => each);
  return [
    keyTable(schema),
    ...sections,
    "## Conditions",
    ...condition === undefined ? [] : [
      conditionTable(condition),
      ...Object.entries(propertiesOf(condition)).flatMap(([name, each]) =>
        isItemCondition(each) ? [] : sectionsOf(name, each)
      ),
    ],
  ].join("\n\n");
}

/** A heading and a table for what a key holds, and for what that holds; none when it is no object. */
function sectionsOf(name: string, schema: Schema): readonly string[] {
  const held = objectIn(schema);
  if (held === undefined) return [];
  return [
    `### \`${name}\``,
    keyTable(held, name),
    ...Object.entries(propertiesOf(held)).flatMap(([key, each]) =>
      sectionsOf(`${name}.${key}`, each)
    ),
  ];
}

/** The object that a schema describes, alone, in a list, under names or as one of several. */
function objectIn(schema: Schema): Schema | undefined {
  const parts = [schema.items, schema.anyOf, schema.additionalProperties]
    .flat().filter(isObject);
  return schema.properties === undefined
    ? parts.map(objectIn).find((each) => each !== undefined)
    : schema;
}

/** The table of what a section holds; `section` is empty for the whole file. */
function keyTable(schema: Schema, section = ""): string {
  const required = [schema.required].flat();
  return table(
    ["key", "what it is", "when left out", "what it says"],
    Object.entries(propertiesOf(schema)).map(([key, each]) => [
      `\`${key}\``,
      typeOf(each, section === "" ? key : `${section}.${key}`),
      required.includes(key) ? "refused" : whenLeftOut(each),
      textOf(each),
    ]),
  );
}

function conditionTable(schema: Schema): string {
  return table(
    ["key", "what it is", "what it says"],
    Object.entries(propertiesOf(schema)).map(([key, each]) => [
      `\`${key}\``,
      typeOf(each, key),
      textOf(each),
    ]),
  );
}

/** What a description says of a key that is not there, at its end. */
const LEFT_OUT = /\. Left out: (.*)$/;

function whenLeftOut({ default: value, description }: Schema): string {
  return value === undefined
    ? LEFT_OUT.exec(String(description))?.[1] ?? ""
    : `\`${JSON.stringify(value)}\``;
}

function textOf({ description }: Schema): string {
  return wordsAsCode(String(description ?? "").replace(LEFT_OUT, ""));
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  boolean: "boolean",
};

/** What a value is, in words; what it holds is in the section of its path. */
function typeOf(schema: Schema, path: string): string {
  const { $ref, anyOf, const: only, enum: values, items, type } = schema;
  if ($ref !== undefined) return "[condition](#conditions)";
  if (isItemCondition(schema)) return "one operator";
  if (only !== undefined) return `\`${only}\``;
  if (Array.isArray(values)) {
    return values.map((each) => `\`${each}\``).join(", ");
  }
  if (Array.isArray(anyOf)) {
    return anyOf.filter(isObject).map((each) => typeOf(each, path))
      .join(", or ");
  }
  if (isObject(items)) return `list: ${typeOf(items, path)}`;
  if (isObject(schema.additionalProperties)) {
    return `by name: ${typeOf(schema.additionalProperties, path)}`;
  }
  if (Array.isArray(type)) return type.map((each) => WORDS[each]).join(", ");
  if (type === "object" || schema.properties !== undefined) {
    return `[keys](#${path.replaceAll(".", "")})`;
  }
  return type === "integer" ? integer(schema) : WORDS[String(type)] ?? "";
}

function integer({ minimum, maximum }: Schema): string {
  const from = Number(minimum) > Number.MIN_SAFE_INTEGER
    ? `from ${minimum}`
    : "";
  const to = Number(maximum) < Number.MAX_SAFE_INTEGER ? `to ${maximum}` : "";
  return ["integer", from, to].filter((each) => each !== "").join(" ");
}

/** An operator that is said of the items of a list. */
function isItemCondition(schema: Schema): boolean {
  return "equals" in propertiesOf(schema);
}

function propertiesOf(
  { properties }: Schema,
): Readonly<Record<string, Schema>> {
  return objects(properties);
}

function definitionsOf({ $defs }: Schema): Readonly<Record<string, Schema>> {
  return objects($defs);
}

function objects(value: unknown): Readonly<Record<string, Schema>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      isObject(each) ? [[key, each]] : []
    ),
  );
}
