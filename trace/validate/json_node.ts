import type { Findings, TraceFindingCode } from "./findings.ts";

/** A JSON value with its place in the document and the list to complain to. */
export interface JsonNode {
  readonly value: unknown;
  readonly path: string;
  readonly findings: Findings;
}

/** The keys that an object may have. */
export interface KnownKeys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** Path of the document as a whole. */
export const ROOT_PATH = "$";

/** Extends `path` by an object key or an array index. */
export function pathTo(path: string, key: string | number): string {
  const above = path === ROOT_PATH ? "" : path;
  if (typeof key === "number" || !/^[A-Za-z_$][\w$]{0,60}$/.test(key)) {
    return `${above}[${show(key)}]`;
  }
  return above === "" ? key : `${above}.${key}`;
}

/** Describes a value in a few characters, however large or deep it is. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const short = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    return JSON.stringify(short);
  }
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** Adds a finding at the place of `node`. */
export function complain(
  node: JsonNode,
  { code, message }: {
    readonly code: TraceFindingCode;
    readonly message: string;
  },
): void {
  node.findings.add(code, { path: node.path, message });
}

/** Lists the own members of a JSON object; undefined for any other value. */
export function members(
  value: unknown,
): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(
    value,
  );
  return new Map(entries);
}

function wrongType(node: JsonNode, wanted: string): undefined {
  complain(node, {
    code: "wrong_type",
    message: `Must be ${wanted}, is ${show(node.value)}`,
  });
}

function camelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/**
 * Reads an object that has all `required` keys and no others than the known
 * ones. Readers accept a missing node: the reader of its object has already
 * complained.
 */
export function readObject(
  node: JsonNode | undefined,
  { required, optional = [] }: KnownKeys,
): ReadonlyMap<string, JsonNode> | undefined {
  if (node === undefined) return undefined;
  const found = members(node.value);
  if (found === undefined) return wrongType(node, "an object");

  const fields = new Map<string, JsonNode>();
  const misspelt = new Set<string>();
  for (const [key, value] of found) {
    const field = { ...node, value, path: pathTo(node.path, key) };
    if (required.includes(key) || optional.includes(key)) {
      fields.set(key, field);
      continue;
    }
    const meant = camelCase(key);
    if (required.includes(meant) || optional.includes(meant)) {
      misspelt.add(meant);
      const message = `Key must be ${show(meant)}`;
      complain(field, { code: "snake_case_key", message });
    } else {
      complain(field, {
        code: "unknown_key",
        message: `Key ${show(key)} is not known here`,
      });
    }
  }
  for (const key of required) {
    if (fields.has(key) || misspelt.has(key)) continue;
    const message = `Key ${show(key)} is missing`;
    complain(node, { code: "missing_key", message });
  }
  return fields;
}

/** Reads an array. */
export function readArray(
  node: JsonNode | undefined,
): readonly JsonNode[] | undefined {
  if (node === undefined) return undefined;
  if (!Array.isArray(node.value)) return wrongType(node, "an array");
  const items: readonly unknown[] = node.value;
  return items.map((value, index) => ({
    ...node,
    value,
    path: pathTo(node.path, index),
  }));
}

/** Reads a boolean. */
export function readBoolean(node: JsonNode): boolean | undefined {
  if (typeof node.value === "boolean") return node.value;
  return wrongType(node, "a boolean");
}

/** Reads a string, which may be empty but must have a UTF-8 form. */
export function readString(node: JsonNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (typeof node.value !== "string") return wrongType(node, "a string");
  if (node.value.isWellFormed()) return node.value;
  complain(node, {
    code: "ill_formed_string",
    message: "Has a lone surrogate",
  });
}

/** Reads a string that is not empty. */
export function readText(node: JsonNode | undefined): string | undefined {
  const text = readString(node);
  if (text !== "" || node === undefined) return text;
  complain(node, { code: "empty_string", message: "Must not be empty" });
}

/** Reads a string that `pattern` matches, or complains with `code`. */
export function readPattern(
  node: JsonNode | undefined,
  { pattern, code, wanted }: {
    readonly pattern: RegExp;
    readonly code: TraceFindingCode;
    readonly wanted: string;
  },
): string | undefined {
  if (node === undefined) return undefined;
  const { value } = node;
  if (typeof value === "string" && pattern.test(value)) return value;
  complain(node, { code, message: `Must be ${wanted}, is ${show(value)}` });
}

/** Reads the decimal string of an integer from `min` to `max`. */
export function readInteger(
  node: JsonNode | undefined,
  { min, max, code, wanted }: {
    readonly min: bigint;
    readonly max: bigint;
    readonly code: TraceFindingCode;
    readonly wanted: string;
  },
): bigint | undefined {
  const pattern = /^(?:0|-?[1-9][0-9]{0,19})$/;
  const digits = readPattern(node, { pattern, code, wanted });
  if (node === undefined || digits === undefined) return undefined;
  const integer = BigInt(digits);
  if (integer >= min && integer <= max) return integer;
  complain(node, { code, message: `Must be ${wanted}, is ${digits}` });
}
