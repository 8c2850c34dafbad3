import { InputError } from "./input_error.ts";

/** What a policy has no use for, with what is wrong about it. */
const INDIRECTIONS: ReadonlyMap<string, string> = new Map([
  ["!", "a tag (!) changes what a value is; write the value itself"],
  ["&", "an anchor (&) has no place in a policy; write each value out"],
  [
    "*",
    "an alias (*) has no place in a policy; write the value out, or quote it",
  ],
]);

/** A number that one reader of YAML takes for another than the next one does. */
const ODD_NUMBER =
  /^[-+]?(?:0[0-9_]+|0[xob][0-9a-f_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?:\.[0-9]*)?e[-+]?[0-9]+|[0-9]+\.[0-9]*)$/i;

/**
 * Refuses what makes a policy say something else than it seems to say to the
 * person who reads it: tags, anchors and aliases, and numbers in any but plain
 * decimal digits. Block scalars are none of a policy's either, so they need no
 * understanding here.
 *
 * @throws {InputError} that names the line of the first of them
 */
export function refuseIndirection(text: string, source: string): void {
  for (const { token, line } of plainTokens(text)) {
    const message = INDIRECTIONS.get(token.charAt(0)) ??
      (ODD_NUMBER.test(token)
        ? `"${token}" is not spelled in plain decimal digits`
        : undefined);
    if (message === undefined) continue;
    throw new InputError(source, [{ path: "", line, message }]);
  }
}

/** Every run of characters that is not quoted, not a comment and holds no indicator, with its line. */
function* plainTokens(
  text: string,
): Generator<{ readonly token: string; readonly line: number }> {
  const pattern =
    /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'|(?<![^\s])#[^\n]*|[^\s,[\]{}"']+|\n|[^]/g;
  let line = 1;
  for (const [token] of text.matchAll(pattern)) {
    if (/^[^\s"'#]/.test(token)) yield { token: token.replace(/:$/, ""), line };
    line += token.split("\n").length - 1;
  }
}
