import { unescaped } from "./percent_escapes.ts";

/** A text as it is, and without the differences by which a text evades a comparison. */
export interface TextForms {
  readonly exact: string;
  /**
   * In the compatibility form of Unicode (NFKC), without characters that cannot be
   * seen, with percent escapes decoded, one inside the other too: `％2e` is a dot.
   */
  readonly plain: string;
  /** The plain form in one case. */
  readonly loose: string;
}

/** How often escapes are decoded, each time with what the last time brought up. */
const MAX_ROUNDS = 6;

// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** The forms of a text. */
export function textForms(exact: string): TextForms {
  const plain = undisguised(exact);
  return { exact, plain, loose: inOneCase(plain) };
}

function undisguised(text: string): string {
  let plain = visible(text);
  for (let round = 0; round < MAX_ROUNDS && plain.includes("%"); round++) {
    const decoded = visible(unescaped(plain));
    if (decoded === plain) break;
    plain = decoded;
  }
  return plain;
}

function visible(text: string): string {
  if (ASCII.test(text)) return text;
  const compatible = normalized(text, "NFKC");
  const shown = compatible.replace(INVISIBLE, "");
  return shown === compatible ? shown : normalized(shown, "NFKC");
}

/** No word of any language has more marks in a row (Unicode Standard Annex 15, section 13). */
const MARKS = /\p{M}{30}/gu;
/** From the first mark on, so that a shorter run is looked at once and not from each of its marks. */
const LONG_RUNS = /(?<!\p{M})\p{M}{30,}/gu;
const MARK = /\p{M}/u;
const JOINER = "\u034f";

/**
 * A text in a form of Unicode. Marks in a row are put in order thirty at a time,
 * since that takes time that grows with the square of their number.
 */
export function normalized(text: string, form: "NFC" | "NFKC"): string {
  if (!MARK.test(text)) return text.normalize(form);
  const parted = text.replace(
    LONG_RUNS,
    (run) => run.replace(MARKS, `$&${JOINER}`),
  );
  if (parted === text) return text.normalize(form);
  return parted.normalize(form).replaceAll(JOINER, "");
}

/** Lower case by way of upper case, since `ı` and `i`, `ẞ`, `ß` and `ss` differ in one and not in the other. */
function inOneCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const lower = text.toLowerCase().toUpperCase().toLowerCase()
    .replaceAll("i\u0307", "i").replaceAll("ς", "σ");
  return normalized(lower, "NFKC");
}
