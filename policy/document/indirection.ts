import { InputError } from "../../tools/data/input_error.ts";
import { isOddNumber } from "./odd_number.ts";
import type { YamlPart, YamlTree } from "./yaml_tree.ts";

/**
 * Refuses what makes a policy say something else than it seems to say to the
 * person who reads it: anchors, aliases, tags, directives and merge keys, keys
 * that are no text, and numbers that readers of YAML understand differently. What
 * is quoted, a comment or prose is none of these.
 *
 * @throws {InputError} that names the line of each of them
 */
export function refuseIndirection(
  { parts }: YamlTree,
  source: string,
): void {
  const problems = [...parts()].flatMap((part) => {
    const message = objection(part);
    return message === undefined
      ? []
      : [{ path: "", line: part.line, message }];
  });
  if (problems.length > 0) throw new InputError(source, problems);
}

function objection({ kind, text }: YamlPart): string | undefined {
  switch (kind) {
    case "anchor":
      return `an anchor (${text}) has no place in a policy; write each value out, or quote the text`;
    case "alias":
      return `an alias (${text}) has no place in a policy; if it is a text that begins with a star, quote it`;
    case "tag":
      return `a tag (${text}) changes what a value is; write the value itself, or quote the text`;
    case "directive":
      return `a directive (${text}) changes how a policy is read; leave it out`;
    case "odd_key":
      return "a key has to be a text";
    case "plain_key":
      if (text === "<<") {
        return "a merge key (<<) has no place in a policy; write each key out";
      }
      return isText(text)
        ? undefined
        : `the key ${text} is no text; quote it if it is meant`;
    case "plain":
      return isOddNumber(text)
        ? `"${text}" is not spelled in plain decimal digits; if it is a text, quote it`
        : undefined;
  }
}

/** Whether every reader of YAML takes an unquoted key for a text. */
function isText(key: string): boolean {
  return !/^(?:~|null|true|false|[-+]?\.?\d[\d_.]*)$/i.test(key) &&
    !isOddNumber(key);
}
