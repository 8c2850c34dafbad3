import { NOBODY } from "../../policy/answer.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { looksLikeNobody } from "./looks_like_nobody.ts";

/** Longer than any name, so that it fits on a line. */
const MAX_LENGTH = 200;

/**
 * Why a name cannot say on the record who answered; `undefined` when it can. It
 * is the one check of names, wherever one is given or read: whoever reads the
 * record must see it as a whole, and not take it for nobody's.
 */
export function approverNameFault(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return "it is blank";
  if (trimmed.length > MAX_LENGTH) {
    return `it is longer than ${MAX_LENGTH} characters`;
  }
  if (trimmed.toLowerCase() === NOBODY) {
    return "on record it says that nobody answered";
  }
  if (terminalLine(name) !== name) {
    return "it has characters that cannot be seen";
  }
  if (/[^\P{Zs} ]/u.test(name)) {
    return "it has a blank that is not an ordinary space";
  }
  if (looksLikeNobody(name)) {
    return `it looks like "${NOBODY}", which on record says that nobody answered`;
  }
  return /[\p{L}\p{N}]/u.test(name)
    ? undefined
    : "it has no letter and no digit";
}
