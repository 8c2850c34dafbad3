/** What `\s` and `\S` match in ECMAScript, as the inside of a class. */
const SPACE =
  "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const NO_SPACE =
  "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";

const ANY = "\\x{0}-\\x{10ffff}";
const NO_LINE_END = "[^\\n\\r\\x{2028}\\x{2029}]";

/** A general category by its long name. */
const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ["Letter", "L"],
  ["Lowercase_Letter", "Ll"],
  ["Uppercase_Letter", "Lu"],
  ["Titlecase_Letter", "Lt"],
  ["Modifier_Letter", "Lm"],
  ["Other_Letter", "Lo"],
  ["Mark", "M"],
  ["Number", "N"],
  ["Decimal_Number", "Nd"],
  ["Punctuation", "P"],
  ["Symbol", "S"],
  ["Separator", "Z"],
  ["Space_Separator", "Zs"],
  ["Other", "C"],
  ["Control", "Cc"],
]);

const CONTROLS: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
};

/** What an escape matches: one character, or several, as the inside of a class. */
type Atom =
  | { readonly character: number }
  | { readonly set: string };

/**
 * Spells a regular expression of ECMAScript, as JSON Schemas have them, in RE2's
 * syntax. Some spellings that ECMAScript refuses are read as they are meant, since
 * tool servers write them: `[\w-.]`, `\:`, Python's `(?i)`, `(?P<name>` and `\Z`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(re2Syntax("^(?<scheme>ftp)\\:"), "^(ftp)\\x{3a}");
 * ```
 *
 * @throws {SyntaxError} for what RE2 does not have, and for unknown escapes
 */
export function re2Syntax(pattern: string): string {
  const dot = /\(\?[a-z]*s[a-z]*[-:)]/i.test(pattern) ? "." : NO_LINE_END;
  let at = 0;
  let written = "";
  while (at < pattern.length) {
    const rest = pattern.slice(at, at + LONGEST_TOKEN);
    const [group] = /^\(\?P?<[A-Za-z_$][\w$]*>/.exec(rest) ?? [];
    if (/^\(\?<?[=!]/.test(rest)) {
      throw new SyntaxError("look-ahead and look-behind are not supported");
    }
    if (group !== undefined) {
      written += "(";
      at += group.length;
    } else if (rest.startsWith("\\")) {
      const anchor = ANCHORS.get(rest.slice(0, 2));
      const { atom, length } = anchor === undefined
        ? escape(rest)
        : { atom: undefined, length: 2 };
      written += anchor ?? standing(atom);
      at += length;
    } else if (rest.startsWith("[")) {
      const { text, end } = classAt(pattern, at);
      written += text;
      at = end;
    } else {
      written += rest[0] === "." ? dot : rest[0];
      at += 1;
    }
  }
  return written;
}

/** The longest allowed name of a group or a property. */
const LONGEST_TOKEN = 128;

/** Escapes that match between characters. */
const ANCHORS: ReadonlyMap<string, string> = new Map([
  ["\\b", "\\b"],
  ["\\B", "\\B"],
  ["\\A", "\\A"],
  ["\\z", "\\z"],
  ["\\Z", "\\z"],
]);

function standing(atom: Atom | undefined): string {
  if (atom === undefined) return "";
  return "set" in atom ? `[${atom.set}]` : character(atom.character);
}

function character(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

/** A class such as `[\w.-]`; a hyphen that makes no range is itself. */
function classAt(
  pattern: string,
  start: number,
): { readonly text: string; readonly end: number } {
  const isNegated = pattern[start + 1] === "^";
  const atoms: (Atom & { readonly hyphen?: true })[] = [];
  let at = start + (isNegated ? 2 : 1);
  while (pattern[at] !== "]") {
    if (at >= pattern.length) throw new SyntaxError("a [ is never closed");
    if (pattern[at] === "\\") {
      const rest = pattern.slice(at, at + LONGEST_TOKEN);
      const { atom, length } = rest.startsWith("\\b")
        ? { atom: { character: 8 }, length: 2 }
        : escape(rest);
      atoms.push(atom);
      at += length;
    } else {
      const code = pattern.codePointAt(at) ?? 0;
      const only = { character: code } as const;
      atoms.push(pattern[at] === "-" ? { ...only, hyphen: true } : only);
      at += code > 0xffff ? 2 : 1;
    }
  }
  const end = at + 1;
  if (atoms.length === 0) {
    return { text: isNegated ? `[${ANY}]` : `[^${ANY}]`, end };
  }
  let inside = "";
  for (let index = 0; index < atoms.length; index++) {
    const atom = atoms[index];
    const to = atoms[index + 2];
    if (
      atom !== undefined && "character" in atom && to !== undefined &&
      "character" in to && atoms[index + 1]?.hyphen
    ) {
      inside += `${character(atom.character)}-${character(to.character)}`;
      index += 2;
    } else if (atom !== undefined) {
      inside += "set" in atom ? atom.set : character(atom.character);
    }
  }
  return { text: `[${isNegated ? "^" : ""}${inside}]`, end };
}

/** Reads the escape that a text begins with. */
function escape(
  text: string,
): { readonly atom: Atom; readonly length: number } {
  const letter = text[1] ?? "";
  if (/[dDwW]/.test(letter)) return { atom: { set: `\\${letter}` }, length: 2 };
  if (letter === "s") return { atom: { set: SPACE }, length: 2 };
  if (letter === "S") return { atom: { set: NO_SPACE }, length: 2 };
  if (letter === "p" || letter === "P") return property(text);
  if (/[1-9k]/.test(letter)) {
    throw new SyntaxError("back-references are not supported");
  }
  const code =
    /^\\(?:u(d[89ab]..)\\u(d[c-f]..)|u([\da-f]{4})|u\{([\da-f]{1,6})\}|x([\da-f]{2})|x\{([\da-f]{1,6})\}|c([a-z])|(0)(?!\d))/i
      .exec(text);
  if (code !== null) {
    const [whole, high, low, ...others] = code;
    const [four, braced, two, bracedTwo, control] = others;
    const hex = four ?? braced ?? two ?? bracedTwo;
    const value = high !== undefined && low !== undefined
      ? (parseInt(high, 16) - 0xd800) * 0x400 + parseInt(low, 16) - 0xdc00 +
        0x10000
      : hex !== undefined
      ? parseInt(hex, 16)
      : control !== undefined
      ? control.charCodeAt(0) % 32
      : 0;
    return { atom: { character: value }, length: whole.length };
  }
  const control = CONTROLS[letter];
  if (control !== undefined) {
    return { atom: { character: control }, length: 2 };
  }
  if (/[A-Za-z0-9]/.test(letter) || letter === "") {
    throw new SyntaxError(`the escape \\${letter} is not known`);
  }
  const itself = text.codePointAt(1) ?? 0;
  return {
    atom: { character: itself },
    length: itself > 0xffff ? 3 : 2,
  };
}

function property(
  text: string,
): { readonly atom: Atom; readonly length: number } {
  const found =
    /^\\([pP])(?:([A-Z])|\{(?:(?:General_Category|gc|Script|sc|Script_Extensions|scx)=)?(\^?\w+)\})/
      .exec(text);
  if (found === null) throw new SyntaxError("a \\p without a property");
  const [whole, p, letter, braced] = found;
  const name = letter ?? braced ?? "";
  return {
    atom: { set: `\\${p}{${CATEGORIES.get(name) ?? name}}` },
    length: whole.length,
  };
}
