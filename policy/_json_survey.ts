import { isList, type Json, type JsonObject } from "../tools/json.ts";

/** What one walk over a parsed value finds. */
export interface JsonSurvey {
  /** How many keys all its objects have together. */
  readonly keys: number;
  /** The first key that reaches a prototype. */
  readonly prototypeKey: string | undefined;
  /** The first thing in it that JSON can spell and not every reader can hold. */
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
  const path: (string | number)[] = [];
  let keys = 0;
  let prototypeKey: string | undefined;
  let flaw: JsonFlaw | undefined;

  function note(what: string, fault: string | undefined): void {
    if (fault !== undefined) {
      flaw ??= { reason: `${what} ${fault}`, path: [...path] };
    }
  }

  function visit(value: Json): void {
    if (typeof value === "string") return note("a string", faultOf(value));
    if (typeof value === "number") {
      return Number.isFinite(value)
        ? undefined
        : note("a number", "is out of range");
    }
    if (typeof value !== "object" || value === null) return;
    if (isList(value)) visitList(value);
    else visitObject(value, Object.keys(value));
    Object.freeze(value);
  }

  function visitList(items: readonly Json[]): void {
    for (let index = 0; index < items.length; index++) {
      visitAt(index, items[index] ?? null);
    }
  }

  function visitObject(object: JsonObject, names: readonly string[]): void {
    keys += names.length;
    for (const name of names) {
      if (PROTOTYPE_KEYS.has(name)) prototypeKey ??= name;
      note("a key", faultOf(name));
      visitAt(name, object[name] ?? null);
    }
  }

  function visitAt(place: string | number, child: Json): void {
    path.push(place);
    visit(child);
    path.pop();
  }

  visit(value);
  return { keys, prototypeKey, flaw };
}

function faultOf(text: string): string | undefined {
  if (!text.isWellFormed()) return "has a lone surrogate";
  if (text.includes("\0")) return "has a NUL character";
}
