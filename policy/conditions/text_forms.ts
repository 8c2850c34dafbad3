import { fullyDecoded } from "./url_spellings.ts";

/** A text as it is, and without the differences by which a text evades a comparison. */
export interface TextForms {
  readonly exact: string;
  /**
   * In one case, in the compatibility form of Unicode (NFKC), without characters
   * that cannot be seen, with percent escapes decoded.
   */
  readonly loose: string;
}

// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Both forms of a text. */
export function textForms(exact: string): TextForms {
  const decoded = exact.includes("%") ? fullyDecoded(exact) : exact;
  return { exact, loose: folded(decoded) };
}

/** Lower case by way of upper case, since `ı` and `i`, `ẞ`, `ß` and `ss` differ in one and not in the other. */
function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize("NFKC").replace(INVISIBLE, "")
    .toLowerCase().toUpperCase().toLowerCase()
    .replaceAll("i\u0307", "i").replaceAll("ς", "σ").normalize("NFKC");
}
