import { encodeBase64 } from "../data/base64.ts";
import type { Json } from "../data/json.ts";
import { withTexts } from "../data/with_texts.ts";

/** A value that must not be seen, and what stands for it. */
export interface HiddenValue {
  /** The name of the variable. */
  readonly name: string;
  readonly value: string;
}

/** Takes values out of what others read. */
export interface HiddenValues {
  /** The same value, where there is nothing to hide. */
  json(value: Json): Json;
  text(text: string): string;
}

/**
 * Replaces values by `[env:NAME]` wherever they occur in a text, also within
 * longer ones and in keys; the longest first, since one may be part of another.
 * They are also found as JSON, a URL or base64 spell them, and in no other way.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { json } = hiddenValues([{ name: "TOKEN", value: "s3cr3t-value" }]);
 * assertEquals(json({ a: ["x s3cr3t-value"] }), { a: ["x [env:TOKEN]"] });
 * ```
 */
export function hiddenValues(values: readonly HiddenValue[]): HiddenValues {
  const sorted = values.flatMap(spellings)
    .toSorted((a, b) => b.value.length - a.value.length);
  function text(given: string): string {
    let shown = given;
    for (const { name, value } of sorted) {
      if (shown.includes(value)) {
        shown = shown.replaceAll(value, `[env:${name}]`);
      }
    }
    return shown;
  }
  return sorted.length === 0
    ? { json: (value) => value, text: (given) => given }
    : { json: (value) => withTexts(value, text), text };
}

/** A text of JSON, a URL or a header within a text has a value in these forms. */
function spellings({ name, value }: HiddenValue): readonly HiddenValue[] {
  const spelled = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    encodeBase64(new TextEncoder().encode(value)).replace(/=+$/, ""),
  ];
  return [...new Set(spelled)].map((each) => ({ name, value: each }));
}
