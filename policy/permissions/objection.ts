import type { Json, JsonObject } from "../../tools/data/json.ts";
import { commandMeant } from "./command_pattern.ts";
import { withItsFamily } from "./known_tools.ts";
import { isServerRule, serverToolsMeant } from "./mcp_name.ts";
import { globsMeant, type PatternPlaces } from "./path_pattern.ts";
import type { PermissionRule } from "./permission_rule.ts";

/** Calls that a rule denies or asks about, and maybe more. */
export interface Objection {
  /** Names of tools in a policy, families of them, or a pattern of names in Claude Code. */
  readonly tools: readonly string[] | { readonly named: string };
  /** What the call must be, all of it; `undefined` for every call. */
  readonly when: readonly JsonObject[] | undefined;
}

/** What becomes of a rule that denies or asks. */
export interface Objected {
  readonly objections: readonly Objection[];
  /** What files the rule is about, as names that a command would have; `undefined` when it is about none. */
  readonly files: readonly string[] | undefined;
  /** Why the policy denies or asks about more. */
  readonly widened: string | undefined;
}

/** What a rule of `deny` or `ask` comes to in a policy. */
export function objectionOf(
  rule: PermissionRule,
  places: PatternPlaces,
): Objected {
  const { tool, specifier } = rule;
  if (isServerRule(tool)) return toServers(rule);
  if (tool.includes("*")) {
    const widened = specifier === undefined
      ? undefined
      : "no call of these tools is told from another";
    return all({ named: tool }, widened);
  }
  if (specifier === undefined) return all(withItsFamily(tool));
  switch (tool) {
    case "Bash":
    case "Monitor":
      return toCommands(specifier);
    case "Read":
    case "Grep":
    case "Glob":
      return toPaths(rule, { places, isRead: true });
    case "Edit":
    case "Write":
    case "NotebookEdit":
    case "MultiEdit":
      return toPaths(rule, { places, isRead: false });
    case "WebFetch":
      return toHosts(specifier);
    case "Cd":
      return {
        objections: [],
        files: undefined,
        widened: "it is about /cd, which no model calls",
      };
  }
  const by = argumentIn(specifier);
  if (by !== undefined) return some([{ tools: withItsFamily(tool), when: by }]);
  if (tool === "Agent" || tool === "Task") {
    const condition: JsonObject = specifier.includes("*")
      ? { argument: "subagent_type", matches: wildcard(specifier) }
      : { argument: "subagent_type", equals: specifier };
    return some([{ tools: withItsFamily(tool), when: [condition] }]);
  }
  return all([tool], "nothing is known of what it is about");
}

function toServers({ tool, specifier }: PermissionRule): Objected {
  const tools = serverToolsMeant(tool) ?? { named: tool };
  if (specifier === undefined) return all(tools);
  const by = argumentIn(specifier);
  return by === undefined
    ? all(tools, "nothing is known of what it is about")
    : some([{ tools, when: by }]);
}

function toCommands(specifier: string): Objected {
  const tools = withItsFamily("Bash");
  const matches = commandMeant(specifier);
  if (matches === undefined) return all(tools);
  const by = specifier.endsWith(":*") ? undefined : argumentIn(specifier);
  return some([
    { tools, when: [{ argument: "command", matches }] },
    ...by === undefined ? [] : [{ tools, when: by }],
  ]);
}

function toPaths(
  { tool, list, specifier = "" }: PermissionRule,
  { places, isRead }: {
    readonly places: PatternPlaces;
    readonly isRead: boolean;
  },
): Objected {
  const found = globsMeant(specifier, places);
  const files = namesIn(specifier);
  if (!found.ok) {
    const whole = all(withItsFamily(isRead ? "Read" : "Edit"), found.reason);
    return { ...whole, files };
  }
  const { globs } = found;
  if (globs.length === 0) {
    const widened = `whatever is outside of the sandbox is denied to ${tool}`;
    return { objections: [], files, widened };
  }
  const file = [{ argument: "file_path", glob: globs }];
  const objections: readonly Objection[] = isRead
    ? [
      // What may not be read is not changed, either.
      {
        tools: list === "deny" ? ["Read", "Edit", "Write"] : ["Read"],
        when: file,
      },
      {
        tools: ["Grep", "Glob"],
        when: [{ argument: "path", present: true }, {
          argument: "path",
          glob: globs,
        }],
      },
    ]
    : [
      { tools: ["Edit", "Write"], when: file },
      {
        tools: ["NotebookEdit"],
        when: [{ argument: "notebook_path", glob: globs }],
      },
    ];
  return { objections, files, widened: undefined };
}

function toHosts(specifier: string): Objected {
  const [, host] = /^domain:(.*)$/.exec(specifier.trim()) ?? [];
  const plain = host?.trim().toLowerCase().replace(/\.$/, "");
  if (plain === undefined || plain === "") {
    return all(["WebFetch"], "nothing is known of what it is about");
  }
  const isEntry = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(plain);
  const condition: JsonObject = isEntry
    ? { argument: "url", url: [plain, `http://${plain}`] }
    : { argument: "url", matches: `(?i)${wildcard(plain, "[^/]*")}` };
  return some([{ tools: ["WebFetch"], when: [condition] }]);
}

/** `param:value`, which matches calls with exactly that argument. */
function argumentIn(specifier: string): readonly JsonObject[] | undefined {
  const [, argument, value = ""] =
    /^\s*([A-Za-z_]\w*)\s*:\s*(.*?)\s*$/s.exec(specifier) ?? [];
  if (argument === undefined) return undefined;
  const isThere = { argument, present: true };
  if (/^\*+$/.test(value)) return [isThere];
  const condition: JsonObject = value.includes("*")
    ? { argument, matches: wildcard(value) }
    : { argument, one_of: [...spellings(value)] };
  return [isThere, condition];
}

/** A value as a text, and as what else JSON has for it. */
function* spellings(value: string): Generator<Json> {
  yield value;
  if (value === "true" || value === "false") yield value === "true";
  const number = Number(value);
  if (/^-?\d{1,15}(?:\.\d{1,10})?$/.test(value)) yield number;
}

function wildcard(pattern: string, any = "(?s:.*)"): string {
  return pattern.split(/\*+/)
    .map((each) => each.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(any);
}

/** The names in a pattern of paths that a command for these files would spell. */
function namesIn(pattern: string): readonly string[] {
  const names = pattern.split("/").filter((name) =>
    name.length > 2 && !/[*?[\]{}\\~]/.test(name)
  );
  return names.slice(-1);
}

function all(
  tools: Objection["tools"],
  widened?: string,
): Objected {
  return {
    objections: [{ tools, when: undefined }],
    files: undefined,
    widened,
  };
}

function some(objections: readonly Objection[]): Objected {
  return { objections, files: undefined, widened: undefined };
}
