import { canonicalJson } from "../tools/data/canonical_json.ts";
import type { Json } from "../tools/data/json.ts";
import type { SchemaIssue } from "../tools/schema.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { nodesOf } from "./conditions/nodes.ts";
import { isSameJson } from "./same_json.ts";
import { spellPath } from "../tools/data/spell_path.ts";
import { type JsonLimits, parseStrictJson } from "../tools/data/strict_json.ts";

const MAX_REASON_LENGTH = 500;

/**
 * The arguments of one call, parsed and validated once. Every rule looks at
 * the same frozen copy, and it is what runs.
 */
export type CallArguments =
  | {
    readonly ok: true;
    readonly value: Json;
    /** RFC 8785 form of `value`. */
    readonly canonical: string;
    /** Whether the validator made another value of what was proposed, such as defaults. Default: false. */
    readonly isRewritten?: boolean;
  }
  | {
    readonly ok: false;
    /** What the text says, when every reader finds the same in it. */
    readonly value: Json | undefined;
    /** RFC 8785 form of `value` when the text is sound JSON, else the text itself. */
    readonly canonical: string;
    readonly reason: string;
    /** Where it is wrong: `filter.tags[2]`; empty for the whole. A refused key stands alone. */
    readonly path: string;
  };

/**
 * Parses the arguments that a model wrote and validates them, without
 * coercion, against the schema of the tool that it named.
 */
export function readArguments(
  text: string,
  tool: ToolDefinition | undefined,
  limits: JsonLimits,
): CallArguments {
  const parsed = parseStrictJson(text, limits);
  const given = parsed.value;
  const unfit = (reason: string, path = ""): CallArguments => ({
    ok: false,
    value: given,
    canonical: parsed.ok ? canonicalJson(parsed.value) : text,
    reason: shorten(reason),
    path: shorten(path),
  });
  if (!parsed.ok) return unfit(parsed.reason, parsed.path);
  if (tool === undefined) return unfit("there is no such tool, so no schema");
  return validated(tool, parsed.value, unfit);
}

/** Keeps an answer small and sound, whatever a model wrote into it. */
function shorten(text: string): string {
  const cut = text.length > MAX_REASON_LENGTH
    ? `${text.slice(0, MAX_REASON_LENGTH)}…`
    : text;
  return cut.toWellFormed();
}

/**
 * What the tool's schema makes of a value. Whoever wrote the validator, what it
 * throws or what makes no sense in its answer means that nothing runs.
 */
function validated(
  tool: ToolDefinition,
  given: Json,
  unfit: (reason: string, path?: string) => CallArguments,
): CallArguments {
  try {
    const result = tool.args["~standard"].validate(given);
    if (result instanceof Promise) {
      return unfit("the tool's schema cannot answer at once");
    }
    if (result.issues !== undefined) {
      const [issue] = result.issues;
      return issue === undefined
        ? unfit("the arguments do not fit the schema")
        : unfit(issue.message, pathOf(issue));
    }
    const plain = plainCopy(result.value, given);
    return plain === undefined
      ? unfit("the tool's schema does not yield JSON")
      : {
        ok: true,
        ...plain,
        ...isRewritten(plain, given) ? { isRewritten: true } : {},
      };
  } catch {
    return unfit("the tool's schema cannot judge them");
  }
}

/**
 * What a validator returned, as frozen plain JSON and in canonical form; what
 * it was `given` is both already.
 */
function plainCopy(
  value: unknown,
  given: Json,
): { readonly value: Json; readonly canonical: string } | undefined {
  try {
    const plain: Json = isSameJson(value, given)
      ? given
      : deepFreeze(JSON.parse(JSON.stringify(value)));
    return { value: plain, canonical: canonicalJson(plain) };
  } catch {
    return undefined;
  }
}

/** The order of keys makes no other value. */
function isRewritten(
  { value, canonical }: { readonly value: Json; readonly canonical: string },
  given: Json,
): boolean {
  return value !== given && canonical !== canonicalJson(given);
}

function pathOf({ path = [] }: SchemaIssue): string {
  return spellPath(
    path.map((part) => typeof part === "object" ? part.key : part),
  );
}

function deepFreeze<T extends Json>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

/**
 * The values of those arguments which are `keys`, names or JSONPaths, in order,
 * each with its key. A list counts item by item, unless it stands where the schema
 * wants no list.
 */
export function argumentsNamed(
  keys: readonly string[],
  args: CallArguments,
): readonly { readonly key: string; readonly value: unknown }[] {
  const { value } = args;
  if (typeof value !== "object" || value === null) return [];
  return keys.flatMap((key) =>
    valuesNamed(key, value).flatMap((given) => {
      if (given === undefined) return [];
      return Array.isArray(given) && (args.ok || args.path !== key)
        ? given.map((each: unknown) => ({ key, value: each }))
        : [{ key, value: given }];
    })
  );
}

/** Most keys are names, and every call is asked about them. */
function valuesNamed(key: string, args: object): readonly unknown[] {
  return key.startsWith("$")
    ? nodesOf(args).named(key).map(({ value }) => value)
    : Array.isArray(args)
    ? []
    : [Object.getOwnPropertyDescriptor(args, key)?.value];
}
