import { isObject } from "../../../tools/data/json.ts";

/** The keys of an object of JSON, of which nothing else is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value as an object of JSON; `undefined` when it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;
}

/** A value as a list; empty when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of JSON, parsed; `undefined` when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
