import { NOBODY } from "../policy/answer.ts";
import { escaped } from "./escaped.ts";

/** Why a name cannot say on the record who answered; `undefined` when it can. */
export function approverNameFault(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return "it is blank";
  if (trimmed === NOBODY) return "on record it says that nobody answered";
  return escaped(name) === name
    ? undefined
    : "it has characters that cannot be seen";
}
