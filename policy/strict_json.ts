import type { Json } from "../tools/json.ts";

/** How large a JSON text may be. */
export interface JsonLimits {
  readonly max_bytes: number;
  readonly max_depth: number;
}

/** A parsed text, or why it was not accepted and where. */
export type StrictJson =
  | { readonly ok: true; readonly value: Json }
  | {
    readonly ok: false;
    readonly reason: string;
    readonly path: string;
    /** What the text says, when every reader finds the same in it. */
    readonly value: Json | undefined;
  };

const PROTOTYPE_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses JSON (RFC 8259) and refuses what readers disagree about: duplicate
 * keys, keys that reach a prototype, lone surrogates, NUL characters, numbers
 * beyond a double (I-JSON, RFC 7493), and texts that are too large or too deep.
 */
export function parseStrictJson(text: string, limits: JsonLimits): StrictJson {
  if (text.length > limits.max_bytes || utf8Length(text) > limits.max_bytes) {
    return refused(`the text is larger than ${limits.max_bytes} bytes`);
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return refused("the text is not JSON");
  }
  const refusal = scanKeys(text, limits.max_depth);
  if (refusal !== undefined) return refusal;
  const flaw = scanValue(value, "");
  return flaw === undefined
    ? { ok: true, value }
    : { ok: false, ...flaw, value };
}

function refused(reason: string, path = ""): StrictJson {
  return { ok: false, reason, path, value: undefined };
}

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/**
 * Walks over a text that is known to be JSON and looks at what `JSON.parse`
 * swallows: the depth, keys that come twice in one object, and integers that
 * a double cannot hold.
 */
function scanKeys(text: string, maxDepth: number): StrictJson | undefined {
  const open: (Set<string> | null)[] = []; // null stands for an array
  const token =
    /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [lexeme, colon] = found;
    if (lexeme === "{" || lexeme === "[") {
      open.push(lexeme === "{" ? new Set() : null);
      if (open.length > maxDepth) {
        return refused(`the text is nested deeper than ${maxDepth} levels`);
      }
    } else if (lexeme === "}" || lexeme === "]") {
      open.pop();
    } else if (lexeme[0] !== '"') {
      // Two such integers may be one double; whoever compares ids would be fooled.
      if (!Number.isSafeInteger(Number(lexeme))) {
        return refused("an integer is beyond 2^53");
      }
    } else if (colon !== undefined) {
      const key: string = JSON.parse(lexeme.slice(0, -colon.length));
      const keys = open.at(-1);
      if (keys?.has(key)) {
        return refused(`the key ${quote(key)} comes twice`, key);
      }
      if (PROTOTYPE_KEYS.has(key)) {
        return refused(`the key ${quote(key)} is not allowed`, key);
      }
      keys?.add(key);
    }
  }
}

interface Flaw {
  readonly reason: string;
  readonly path: string;
}

function scanValue(value: Json, path: string): Flaw | undefined {
  if (typeof value === "string") {
    const flaw = flawOfText(value);
    return flaw === undefined
      ? undefined
      : { reason: `a string has ${flaw}`, path };
  }
  if (typeof value === "number") {
    return Number.isFinite(value)
      ? undefined
      : { reason: "a number is out of range", path };
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const flaw = flawOfText(key);
    if (flaw !== undefined) return { reason: `a key has ${flaw}`, path };
    const found = scanValue(child, placeOf(key, value, path));
    if (found !== undefined) return found;
  }
}

function placeOf(key: string, parent: Json, path: string): string {
  if (Array.isArray(parent)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

function flawOfText(text: string): string | undefined {
  if (!text.isWellFormed()) return "a lone surrogate";
  if (text.includes("\0")) return "a NUL character";
}

/** Quotes a name that a model chose, shortened so that an answer stays small. */
function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}
