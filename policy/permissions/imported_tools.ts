import type { JsonObject } from "../../tools/data/json.ts";
import { matchesName } from "../conditions/glob.ts";
import {
  describedTools,
  PROFILE_NAMES,
  profileFor,
} from "../profiles/profile.ts";
import { isNamed } from "../tool_pattern.ts";
import type { Granted } from "./grant.ts";
import { CLAUDE_TOOLS, type ClaudeTool, RARER_TOOLS } from "./known_tools.ts";
import type { Objected, Objection } from "./objection.ts";
import type { PermissionRule } from "./permission_rule.ts";

export type Granting = Granted & { readonly rule: PermissionRule };
export type Objecting = Objected & { readonly rule: PermissionRule };

/** What is known of a tool by its name in the policy, if it is one of Claude Code. */
export function toolOf(name: string): ClaudeTool | undefined {
  return CLAUDE_TOOLS.get(name) ?? RARER_TOOLS.get(name);
}

/** How far a tool is allowed: all its calls, or those that meet one of some conditions. */
export interface Extent {
  readonly all: boolean;
  readonly that: readonly JsonObject[];
  readonly from: readonly PermissionRule[];
}

/** The tools that the policy is about, by the names of the policy. */
export function toolsOf(
  { grants, objections, asks, mode }: {
    readonly grants: readonly Granting[];
    readonly objections: readonly Objecting[];
    readonly asks: boolean;
    readonly mode: string | undefined;
  },
): ReadonlyMap<string, Extent> {
  const found = new Map<string, Extent>();
  const add = (name: string, more: Partial<Extent>) => {
    const { all, that, from } = found.get(name) ??
      { all: false, that: [], from: [] };
    found.set(name, {
      all: all || more.all === true,
      that: [...that, ...more.that ?? []],
      from: [...from, ...more.from ?? []],
    });
  };
  if (asks) {
    for (const [name, { isFree = false }] of CLAUDE_TOOLS) {
      add(name, { all: isFree });
    }
  }
  for (const { rule, grants: given, hosts } of grants) {
    for (const { tool, that } of given) {
      for (const name of explicit(tool)) {
        add(name, {
          all: that === undefined,
          that: that === undefined ? [] : [that],
          from: [rule],
        });
      }
    }
    // Which hosts it may fetch from, the list of hosts says.
    if (hosts.length > 0) add("WebFetch", { all: true });
  }
  // A tool that a rule only asks about is there as well.
  for (const { rule, objections: made } of objections) {
    if (rule.list !== "ask" || !asks) continue;
    for (const { tools } of made) {
      if (!Array.isArray(tools)) continue;
      for (const tool of tools) {
        if (tool === rule.tool || tool.includes(".")) {
          for (const name of explicit(tool)) add(name, {});
        }
      }
    }
  }
  if (mode === "plan") {
    for (const name of ["Edit", "Write", "NotebookEdit"]) found.delete(name);
  }
  return found;
}

/** A family of a server that is known, tool by tool. */
function explicit(pattern: string): readonly string[] {
  if (!pattern.endsWith("*")) return [pattern];
  const [server = ""] = pattern.split(".");
  if (!PROFILE_NAMES.includes(server)) return [pattern];
  const known = describedTools(profileFor(server))
    .filter((name) => isNamed(name, [pattern]));
  return known.length === 0 ? [pattern] : known;
}

/** The tools of the policy, or parts of its families, that are meant. */
export function covered(
  tools: Objection["tools"],
  names: readonly string[],
): readonly string[] {
  if ("named" in tools) {
    return names.filter((name) => mayBeNamed(name, tools.named));
  }
  return tools.flatMap((tool) => [
    ...names.filter((name) => isMeant(name, tool)),
    ...names.some((name) => name !== tool && isNamed(tool, [name]))
      ? [tool]
      : [],
  ]);
}

/** Of a server with a short name, too, whose family no policy can name. */
function isMeant(name: string, pattern: string): boolean {
  return pattern.endsWith("*")
    ? name.startsWith(pattern.slice(0, -1))
    : name === pattern;
}

/** Whether a tool, or one of a family, may have a name in Claude Code that a pattern names. */
function mayBeNamed(name: string, pattern: string): boolean {
  const theirs = name.includes(".") ? `mcp__${name.replace(".", "__")}` : name;
  if (!name.endsWith("*")) return matchesName(theirs, pattern);
  const [start = ""] = pattern.split("*");
  const family = theirs.slice(0, -1);
  return family.startsWith(start) || start.startsWith(family);
}
