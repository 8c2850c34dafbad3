import { isObject } from "../../../tools/data/json.ts";

/** A JSON object whose keys have not been checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as a JSON object; `undefined` when it is not one. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** A value as a list; empty when it is not one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A JSON text, parsed; `undefined` when it is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
