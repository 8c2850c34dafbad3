/**
 * Small changes to a sample trace, addressed by locators:
 * `spans[3]` is short for `resourceSpans[0].scopeSpans[0].spans[3]`, and
 * `spans[3]{agent.run_id}` is the attribute with that key.
 *
 * @module
 */

/** Changes a document in place. */
export type Mutation = (document: unknown) => void;

/** A sample, what is changed in it, and what the validator must say then. */
export interface BadTrace {
  readonly name: string;
  /** Default: `allowed_with_retry`. */
  readonly sample?: "denied_url" | "budget_denied" | "unhandled_error";
  readonly mutate: Mutation;
  /** The first finding. */
  readonly code: string;
  /** Locator of the first finding, in the changed document. */
  readonly at: string;
  /** Codes of further findings; none by default. */
  readonly also?: readonly string[];
}

const SPANS = "resourceSpans[0].scopeSpans[0].spans";

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function get(document: unknown, path: string): unknown {
  let value = document;
  for (const key of keysOf(path)) {
    value = isObject(value) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function keysOf(path: string): readonly string[] {
  return path === "$" ? [] : path.split(/[.[\]]+/).filter((key) => key !== "");
}

function target(
  document: unknown,
  locator: string,
): { readonly parent: object; readonly key: string } {
  const path = locate(document, locator);
  const [, above = "$", key = ""] = path.match(/^(.*?)[.[]?(\w+)\]?$/) ?? [];
  const parent = get(document, above === "" ? "$" : above);
  if (isObject(parent)) return { parent, key };
  throw new RangeError(`Cannot change "${locator}": nothing is there`);
}

/** Writes a locator as the path that the validator would give. */
export function locate(document: unknown, locator: string): string {
  const path = locator.startsWith("spans")
    ? locator.replace("spans", SPANS)
    : locator;
  const match = path.match(/^(.*)\{(.*)\}(.*)$/);
  if (match === null) return path;
  const [, span = "", key = "", rest = ""] = match;
  const attributes = get(document, `${span}.attributes`);
  const index = Array.isArray(attributes)
    ? attributes.findIndex((attribute) => get(attribute, "key") === key)
    : -1;
  if (index >= 0) return `${span}.attributes[${index}]${rest}`;
  throw new RangeError(`Cannot find "${locator}": no such attribute`);
}

/** Sets the value at `locator`, which may be new. */
export function put(locator: string, value: unknown): Mutation {
  return (document) => {
    const { parent, key } = target(document, locator);
    Reflect.set(parent, key, value);
  };
}

/** Removes what is at `locator`. */
export function drop(locator: string): Mutation {
  return (document) => {
    const { parent, key } = target(document, locator);
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (!Reflect.has(parent, key)) {
      throw new RangeError(`Cannot drop "${locator}": nothing is there`);
    } else Reflect.deleteProperty(parent, key);
  };
}

/** Appends to the array at `locator`. */
export function append(locator: string, value: unknown): Mutation {
  return (document) => {
    const array = get(document, locate(document, locator));
    if (Array.isArray(array)) array.push(value);
    else throw new RangeError(`Cannot append to "${locator}": no array`);
  };
}

/** Appends a copy of the item at `locator` to its array. */
export function copy(locator: string): Mutation {
  return (document) => {
    const { parent } = target(document, locator);
    const original = get(document, locate(document, locator));
    if (Array.isArray(parent)) parent.push(structuredClone(original));
  };
}

/** Adds an attribute to the span at `span`. */
export function attribute(
  span: string,
  { key, value }: { readonly key: string; readonly value: unknown },
): Mutation {
  return append(`${span}.attributes`, { key, value });
}

/** Makes several changes, in order. */
export function all(...mutations: readonly Mutation[]): Mutation {
  return (document) => {
    for (const mutate of mutations) mutate(document);
  };
}

/** Makes an attribute value of a text. */
export function text(stringValue: string): unknown {
  return { stringValue };
}

/**
 * Adds a second, sound tool_call to `allowed_with_retry`: a check, `spans[8]`,
 * and the call that it allowed, `spans[9]`.
 */
export const SECOND_CALL: Mutation = all(
  copy("spans[2]"),
  put("spans[8].spanId", "00000000000000a7"),
  copy("spans[3]"),
  put("spans[9].spanId", "00000000000000a8"),
  put("spans[9].links[0].spanId", "00000000000000a7"),
);
