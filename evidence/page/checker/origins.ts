import { wholeAt } from "../../../policy/seen_texts.ts";

/** A text that a call's arguments may have been taken from. */
export interface SourceText {
  /** Number of the event that has it; 0 for the question. */
  readonly seq: number;
  /** The tool that returned it; `null` for the question. */
  readonly tool: string | null;
  readonly text: string;
}

/** Where a value comes from. */
export interface Found {
  readonly seq: number;
  readonly tool: string | null;
}

/** A value among the arguments of a call, and where it was seen before. */
export interface Origin {
  /** `$.url`. */
  readonly path: string;
  /** Where it stands as a whole; `null` when nowhere. */
  readonly whole: Found | null;
  /** Parts of it that were seen, when the whole was not. */
  readonly parts: readonly (Found & { readonly part: string })[];
  /** How many parts it has that are long enough to tell. */
  readonly partCount: number;
}

/** A shorter value is in many texts by chance. */
const MIN_LENGTH = 4;
/** How many parts of a value are looked for. */
const MAX_PARTS = 40;
/** How many values of a call are looked for. */
const MAX_VALUES = 50;
/** What stands between the parts of a URL, a path or a sentence. */
const BETWEEN_PARTS = /[\s/?&=#:;,"'`()<>[\]{}|]+/u;

/**
 * Says for each text and number among the arguments of a call where it was seen
 * first, as a whole: in the question, or in what an earlier call returned. Of a value
 * that was not seen, its parts are looked for.
 */
export function originsOf(
  args: unknown,
  sources: readonly SourceText[],
): readonly Origin[] {
  const texts = sources.map((each) => ({
    ...each,
    text: each.text.normalize("NFC"),
  }));
  const find = (value: string): Found | null => {
    const found = texts.find(({ text }) => wholeAt(text, value) !== undefined);
    return found === undefined ? null : { seq: found.seq, tool: found.tool };
  };
  return leaves(args, "$").slice(0, MAX_VALUES).map(({ path, text }) => {
    const value = text.normalize("NFC").trim();
    const whole = find(value);
    const words = new Set(
      value.split(BETWEEN_PARTS).filter((each) =>
        each.length >= MIN_LENGTH && each !== value
      ),
    );
    const looked = whole === null ? [...words].slice(0, MAX_PARTS) : [];
    const parts = looked.flatMap((part) => {
      const found = find(part);
      return found === null ? [] : [{ part, ...found }];
    });
    return { path, whole, parts, partCount: looked.length };
  });
}

/** The texts and numbers in a value that are long enough to tell. */
export function leaves(
  value: unknown,
  path: string,
): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, each]) =>
      leaves(each, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`)
    );
  }
  const text = typeof value === "string" || typeof value === "number"
    ? String(value)
    : "";
  return text.trim().length < MIN_LENGTH ? [] : [{ path, text }];
}
