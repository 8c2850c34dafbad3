import { equal } from "@std/assert";
import fc from "fast-check";
import { canonicalize } from "../../tools/data/canonicalize.ts";
import { canonicalJson } from "../../tools/data/canonical_json.ts";
import { parseStrictJson } from "../../tools/data/strict_json.ts";
import type { Json } from "../../tools/data/json.ts";
import { property } from "./property.ts";

const LIMITS = { max_bytes: 65_536, max_depth: 6 };

/** A text of JSON with what is known of it. */
interface Written {
  readonly text: string;
  /** Whether every reader finds the same in it. */
  readonly sound: boolean;
  /** Levels of nesting. */
  readonly depth: number;
}

const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/);

const KEYS = ["a", "b", "", "__proto__", "constructor", "prototype", "a\u0000"];

/** A string, perhaps with letters that are escaped for no reason. */
const writtenString = fc.tuple(
  fc.oneof(
    fc.constantFrom(...KEYS, "\ud800", '"', "\\", "[", "{", ":", "1e9"),
    fc.string({ unit: "binary", maxLength: 6 }),
  ),
  fc.boolean(),
).map(([value, escaped]) => ({
  value,
  text: escaped
    ? `"${
      [...Array(value.length).keys()].map((index) =>
        `\\u${value.charCodeAt(index).toString(16).padStart(4, "0")}`
      ).join("")
    }"`
    : JSON.stringify(value),
}));

function isSoundText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

const scalar: fc.Arbitrary<Written> = fc.oneof(
  fc.constantFrom("true", "false", "null").map((text) => ({
    text,
    sound: true,
    depth: 0,
  })),
  writtenString.map(({ text, value }) => ({
    text,
    sound: isSoundText(value),
    depth: 0,
  })),
  fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.constantFrom("1e400", "-1E+400", "9007199254740991", "9007199254740992"),
  ).map((text) => ({
    text,
    sound: Number.isFinite(Number(text)) &&
      (!/^-?\d+$/.test(text) || Number.isSafeInteger(Number(text))),
    depth: 0,
  })),
);

function isSoundKey(key: string): boolean {
  return isSoundText(key) &&
    !["__proto__", "constructor", "prototype"].includes(key) &&
    !key.includes("\\");
}

const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.tuple(space, fc.array(tie("tree"), { maxLength: 4 })).map((
      [space, items],
    ) => ({
      text: `[${space}${items.map(({ text }) => text).join(`${space},`)}]`,
      sound: items.every(({ sound }) => sound),
      depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
    })),
    fc.tuple(
      space,
      fc.array(fc.tuple(writtenString, tie("tree")), { maxLength: 4 }),
    ).map(([space, members]) => ({
      text: `{${
        members.map(([key, { text }]) => `${key.text}${space}:${space}${text}`)
          .join(`${space},${space}`)
      }${space}}`,
      sound:
        members.every(([{ value }, { sound }]) => sound && isSoundKey(value)) &&
        new Set(members.map(([{ value }]) => value)).size === members.length,
      depth: 1 + Math.max(0, ...members.map(([, { depth }]) => depth)),
    })),
  ),
}));

/** Texts, most of which are nearly JSON. */
const text = fc.oneof(
  tree.map(({ text }) => text),
  fc.json({ noUnicodeString: false }),
  fc.tuple(tree, fc.nat({ max: 40 }), fc.string({ maxLength: 2 })).map(
    ([{ text }, at, inserted]) =>
      text.slice(0, at) + inserted + text.slice(at + 1),
  ),
  fc.string(),
);

function parsed(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

export const JSON_PROPERTIES = [
  property(
    "strict JSON accepts what every reader understands, nothing else",
    fc.property(
      tree,
      ({ text, sound, depth }) => {
        const strict = parseStrictJson(text, LIMITS);
        // V8 may have taken an escaped key for one with a backslash.
        if (!strict.ok && strict.path.includes("\\")) return true;
        return strict.ok === (sound && depth <= LIMITS.max_depth);
      },
    ),
  ),
  property(
    "strict JSON reads what it accepts as JSON.parse does",
    fc.property(text, (text) => {
      const plain = parsed(text);
      const strict = parseStrictJson(text, LIMITS);
      if (plain === undefined) {
        return !strict.ok && strict.reason === "the text is not JSON";
      }
      return !strict.ok || equal(strict.value, plain.value);
    }),
  ),
  property(
    "what strict JSON accepts has one canonical form, which says the same",
    fc.property(text, (text) => {
      const strict = parseStrictJson(text, LIMITS);
      if (!strict.ok) return true;
      const canonical = canonicalize(strict.value) ?? "";
      const again = parseStrictJson(canonical, LIMITS);
      // A large number is taken with an exponent, not as an integer.
      return again.ok
        ? canonicalJson(again.value) === canonical
        : again.reason === "an integer is beyond 2^53";
    }),
  ),
];
