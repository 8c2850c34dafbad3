import { isObject, type Json } from "../../tools/data/json.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import { type TextSuspicion, textSuspicions } from "./suspicious_text.ts";

/** Something in the definition of a tool that a person should look at. */
export interface Suspicion extends TextSuspicion {
  /** Where it stands in the definition: `inputSchema.properties.path.description`. */
  readonly where: string;
}

/** How many characters of a definition are looked through. The longest known one has 9,000. */
const SEARCHED = 1_000_000;

/** As the protocol recommends. */
const USUAL_NAME = /^[A-Za-z0-9_./-]{1,128}$/;
const USUAL_KEY = /^[\x20-\x7e]{1,128}$/;

/**
 * Looks through all texts of a tool's definition as a server gives it, names and
 * descriptions of arguments too. `others` are names of tools of other servers, which
 * no definition has a reason to name. Nothing found is no proof: it is a hint where a
 * person should read.
 */
export function definitionSuspicions(
  definition: Json,
  { others = [] }: { readonly others?: readonly string[] } = {},
): readonly Suspicion[] {
  const found: Suspicion[] = [];
  const tool = isObject(definition) ? definition.name : undefined;
  if (typeof tool === "string" && !USUAL_NAME.test(tool)) {
    found.push({ kind: "odd_name", excerpt: oneLine(tool), where: "name" });
  }
  let searched = 0;
  const names = others.filter(isDistinctive);
  const open: {
    readonly value: unknown;
    readonly path: readonly (string | number)[];
  }[] = [
    { value: definition, path: [] },
  ];
  for (const { value, path } of open) {
    if (searched > SEARCHED) {
      const excerpt = `more than ${SEARCHED} characters`;
      found.push({ kind: "very_long", excerpt, where: "" });
      break;
    }
    if (typeof value === "string") {
      searched += value.length;
      const where = oneLine(spellPath(path));
      found.push(
        ...textSuspicions(value).map((each) => ({ ...each, where })),
        ...namedIn(value, names).map((excerpt) => ({
          kind: "other_tool" as const,
          excerpt,
          where,
        })),
      );
    } else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) {
        open.push({ value: each, path: [...path, index] });
      }
    } else if (isObject(value)) {
      for (const [key, each] of Object.entries(value)) {
        searched += key.length;
        if (!USUAL_KEY.test(key)) {
          found.push({
            kind: "odd_name",
            excerpt: oneLine(key),
            where: oneLine(spellPath(path)),
          });
        }
        open.push({ value: each, path: [...path, key] });
      }
    }
  }
  return found;
}

/** Whether a name is nothing that a sentence would have in it by chance: `create_issue`. */
function isDistinctive(name: string): boolean {
  return /[a-z0-9][_-][a-z0-9]|[a-z][A-Z]/.test(name) && name.length > 6;
}

function namedIn(text: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    const at = text.indexOf(name);
    if (at < 0) return false;
    const [before = " ", after = " "] = [text[at - 1], text[at + name.length]];
    return !/[\w-]/.test(before) && !/[\w-]/.test(after);
  });
}
