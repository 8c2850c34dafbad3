import {
  complain,
  type JsonNode,
  members,
  readArray,
  readBoolean,
  readInteger,
  readObject,
  readString,
  readText,
  show,
} from "./json_node.ts";

/** An attribute value of one of the kinds that we write. */
export type AttributeValue =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "array"; readonly values: readonly AttributeValue[] };

/** An attribute with its place in the document. */
export interface Attribute {
  readonly path: string;
  readonly value: AttributeValue;
}

type ValueReader = (node: JsonNode) => AttributeValue | undefined;

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** The members that OTLP gives an AnyValue, whether or not we write them. */
const VALUE_KEYS = [
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
];

const SCALAR_READERS: ReadonlyMap<string, ValueReader> = new Map<
  string,
  ValueReader
>([
  ["stringValue", readStringValue],
  ["boolValue", readBoolValue],
  ["intValue", readIntValue],
  ["doubleValue", readDoubleValue],
]);

const VALUE_READERS: ReadonlyMap<string, ValueReader> = new Map<
  string,
  ValueReader
>([...SCALAR_READERS, ["arrayValue", readArrayValue]]);

function readStringValue(node: JsonNode): AttributeValue | undefined {
  const value = readString(node);
  return value === undefined ? undefined : { type: "string", value };
}

function readBoolValue(node: JsonNode): AttributeValue | undefined {
  const value = readBoolean(node);
  return value === undefined ? undefined : { type: "boolean", value };
}

function readIntValue(node: JsonNode): AttributeValue | undefined {
  const value = readInteger(node, {
    min: MIN_INT64,
    max: MAX_INT64,
    code: "int_value_invalid",
    wanted: "the decimal string of an int64",
  });
  return value === undefined ? undefined : { type: "int", value };
}

function readDoubleValue(node: JsonNode): AttributeValue | undefined {
  const { value } = node;
  if (typeof value === "number" && Number.isFinite(value)) {
    return { type: "double", value };
  }
  complain(node, {
    code: "double_value_invalid",
    message: `Must be a finite number, is ${show(value)}`,
  });
}

function readArrayValue(node: JsonNode): AttributeValue | undefined {
  const fields = readObject(node, { required: ["values"] });
  const items = readArray(fields?.get("values"));
  if (items === undefined) return undefined;
  const values = items
    .map((item) => readValue(item, SCALAR_READERS))
    .filter((value) => value !== undefined);
  return { type: "array", values };
}

function readValue(
  node: JsonNode,
  readers: ReadonlyMap<string, ValueReader>,
): AttributeValue | undefined {
  const count = members(node.value)?.size ?? 1;
  if (count !== 1) {
    complain(node, {
      code: "attribute_value_count",
      message: `Must have exactly one member, has ${count}`,
    });
    return undefined;
  }
  const fields = readObject(node, { required: [], optional: VALUE_KEYS });
  for (const [key, member] of fields ?? []) {
    const read = readers.get(key);
    if (read !== undefined) return read(member);
    complain(member, {
      code: "attribute_value_kind",
      message: `We never write ${key} here`,
    });
  }
}

/** Reads a list of attributes whose keys are non-empty and all different. */
export function readAttributes(
  node: JsonNode | undefined,
): ReadonlyMap<string, Attribute> | undefined {
  const items = readArray(node);
  if (items === undefined) return undefined;
  const attributes = new Map<string, Attribute>();
  const keys = new Set<string>();
  for (const item of items) {
    const fields = readObject(item, { required: ["key", "value"] });
    const key = readText(fields?.get("key"));
    const valueNode = fields?.get("value");
    const value = valueNode && readValue(valueNode, VALUE_READERS);
    if (key === undefined) continue;
    if (keys.has(key)) {
      const message = `Key ${show(key)} was already given`;
      complain(item, { code: "attribute_duplicate", message });
      continue;
    }
    keys.add(key);
    if (value !== undefined) attributes.set(key, { path: item.path, value });
  }
  return attributes;
}
