import { z } from "../../deps.ts";
import {
  InputError,
  type InputProblem,
  unusable,
} from "../../tools/data/input_error.ts";
import { spellPath } from "../../tools/data/spell_path.ts";
import { quoted, terminalLine } from "../../tools/data/untrusted_text.ts";
import { withoutByteOrderMark } from "../../tools/data/without_byte_order_mark.ts";
import {
  type PermissionRule,
  permissionRule,
  type RuleList,
} from "./permission_rule.ts";

/** What a `settings.json` of Claude Code says of permissions. */
export interface SettingsPermissions {
  readonly rules: readonly PermissionRule[];
  /** The mode in which sessions start; `undefined` when it says none. */
  readonly mode: string | undefined;
  /** Other keys of `permissions` that are there. */
  readonly others: readonly string[];
}

const rules = z.optional(z.array(z.string()));
const schema = z.looseObject({
  permissions: z.looseObject({
    allow: rules,
    ask: rules,
    deny: rules,
    defaultMode: z.optional(z.string()),
  }),
});

const LISTS = ["allow", "ask", "deny"] as const satisfies readonly RuleList[];

/**
 * Reads the permissions in the text of a `settings.json`; `source` names it in errors.
 *
 * @throws {InputError} when it is not such a file, or an entry is not a rule
 */
export function readPermissions(
  text: string,
  source: string,
): SettingsPermissions {
  const parsed = schema.safeParse(parseJson(text, source));
  if (!parsed.success) {
    throw new InputError(
      source,
      parsed.error.issues.map(({ path, message }): InputProblem => ({
        path: spellPath(path),
        message,
      })),
    );
  }
  const { permissions } = parsed.data;
  const problems: InputProblem[] = [];
  const found = LISTS.flatMap((list) =>
    (permissions[list] ?? []).flatMap((text, index) => {
      const rule = permissionRule(text, { list, index });
      const isVisible = terminalLine(text) === text;
      if (rule !== undefined && isVisible) return [rule];
      problems.push({
        path: spellPath(["permissions", list, index]),
        message: isVisible
          ? `expected Tool or Tool(specifier), found ${quoted(text)}`
          : `${quoted(text)} has characters that cannot be seen`,
      });
      return [];
    })
  );
  if (problems.length > 0) throw new InputError(source, problems);
  const known: readonly string[] = [...LISTS, "defaultMode"];
  return {
    rules: found,
    mode: permissions.defaultMode,
    others: Object.keys(permissions).filter((key) => !known.includes(key)),
  };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(text));
  } catch (cause) {
    throw unusable(source, "it is not JSON", { cause });
  }
}
