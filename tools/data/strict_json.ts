import type { Json } from "./json.ts";
import { surveyJson } from "./json_survey.ts";
import { repeatedKey, scanJsonText } from "./json_text.ts";
import { spellPath } from "./spell_path.ts";

/** How large a JSON text may be. */
export interface JsonLimits {
  readonly max_bytes: number;
  readonly max_depth: number;
  /** Values, at every depth together. Default: 4096. */
  readonly max_values?: number | undefined;
}

const DEFAULT_MAX_VALUES = 4096;

/** A parsed text, or why it was not accepted and where. */
export type StrictJson =
  | { readonly ok: true; readonly value: Json }
  | {
    readonly ok: false;
    readonly reason: string;
    readonly path: string;
    /** The parsed value, when every reader agrees on it. */
    readonly value: Json | undefined;
  };

/**
 * Parses JSON (RFC 8259) and refuses what readers disagree about: keys that come
 * twice, reach a prototype or have a backslash, lone surrogates, NUL characters,
 * numbers beyond a double (I-JSON, RFC 7493), and texts that are too large or too
 * deep. The value is frozen, level by level.
 */
export function parseStrictJson(text: string, limits: JsonLimits): StrictJson {
  if (isLarger(text, limits.max_bytes)) {
    return refused(`the text is larger than ${limits.max_bytes} bytes`);
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return refused("the text is not JSON");
  }
  const scan = scanJsonText(text, {
    maxDepth: limits.max_depth,
    maxValues: limits.max_values ?? DEFAULT_MAX_VALUES,
  });
  if (!scan.ok) return refused(scan.reason);
  const { keys, forbiddenKey, flaw } = surveyJson(value);
  // Of duplicate keys, the value keeps only one.
  const twice = keys === scan.keys ? undefined : repeatedKey(text);
  if (twice !== undefined) {
    return refused(`the key ${quote(twice)} comes twice`, twice);
  }
  if (forbiddenKey !== undefined) {
    return refused(
      `the key ${quote(forbiddenKey)} is not allowed`,
      forbiddenKey,
    );
  }
  if (flaw === undefined) return { ok: true, value };
  const { reason, path } = flaw;
  return { ok: false, reason, path: spellPath(path), value };
}

function refused(reason: string, path = ""): StrictJson {
  return { ok: false, reason, path, value: undefined };
}

const encoder = new TextEncoder();

/** Whether a text has more bytes of UTF-8: at most three for each UTF-16 code unit. */
function isLarger(text: string, bytes: number): boolean {
  return text.length > bytes ||
    text.length * 3 > bytes && encoder.encode(text).length > bytes;
}

/** Quotes a name chosen by a model, shortened so that an answer stays small. */
function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
