import { NOBODY } from "../policy/answer.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";

/** Longer than any name, so that it fits on a line. */
const MAX_LENGTH = 200;

/** Why a name cannot say on the record who answered; `undefined` when it can. */
export function approverNameFault(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return "it is blank";
  if (trimmed.length > MAX_LENGTH) {
    return `it is longer than ${MAX_LENGTH} characters`;
  }
  if (trimmed.toLowerCase() === NOBODY) {
    return "on record it says that nobody answered";
  }
  return terminalLine(name) === name
    ? undefined
    : "it has characters that cannot be seen";
}
