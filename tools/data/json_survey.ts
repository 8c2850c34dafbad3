import { isList, type Json, type JsonObject } from "./json.ts";

/** What one walk over a parsed value finds. */
export interface JsonSurvey {
  /** How many keys all its objects have together. */
  readonly keys: number;
  /** The first key that no object may have. */
  readonly forbiddenKey: string | undefined;
  /** The first value that is valid JSON but that some readers cannot represent. */
  readonly flaw: JsonFlaw | undefined;
}

/** What is wrong with a value, and the keys and indexes that lead there. */
export interface JsonFlaw {
  readonly reason: string;
  readonly path: readonly (string | number)[];
}

const PROTOTYPE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Walks once over a parsed value and freezes it. Looks for lone surrogates, NUL
 * characters and numbers beyond a double.
 */
export function surveyJson(value: Json): JsonSurvey {
  /** Keys and indexes that lead to the object or list that is being visited. */
  const path: (string | number)[] = [];
  let keys = 0;
  let forbiddenKey: string | undefined;
  let flaw: JsonFlaw | undefined;

  function visit(value: Json, place?: string | number): void {
    if (typeof value === "object" && value !== null) {
      if (place !== undefined) path.push(place);
      if (isList(value)) visitList(value);
      else visitObject(value, Object.keys(value));
      Object.freeze(value);
      if (place !== undefined) path.pop();
      return;
    }
    const fault = typeof value === "string"
      ? faultOf(value, "a string")
      : typeof value === "number" && !Number.isFinite(value)
      ? "a number is out of range"
      : undefined;
    if (fault !== undefined) note(fault, place);
  }

  function visitList(items: readonly Json[]): void {
    for (let index = 0; index < items.length; index++) {
      visit(items[index] ?? null, index);
    }
  }

  function visitObject(object: JsonObject, names: readonly string[]): void {
    keys += names.length;
    for (const name of names) {
      if (isForbidden(name)) forbiddenKey ??= name;
      const fault = faultOf(name, "a key");
      if (fault !== undefined) note(fault);
      visit(object[name] ?? null, name);
    }
  }

  function note(reason: string, place?: string | number): void {
    flaw ??= {
      reason,
      path: place === undefined ? [...path] : [...path, place],
    };
  }

  visit(value);
  return { keys, forbiddenKey, flaw };
}

/**
 * Whether a key reaches a prototype or contains a backslash: V8 may mistake an
 * escaped key for one that does (https://github.com/nodejs/node/issues/63785).
 */
function isForbidden(key: string): boolean {
  return PROTOTYPE_KEYS.has(key) || key.includes("\\");
}

function faultOf(text: string, what: string): string | undefined {
  if (!text.isWellFormed()) return `${what} has a lone surrogate`;
  if (text.includes("\0")) return `${what} has a NUL character`;
}
