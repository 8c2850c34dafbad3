import { quoted } from "../../tools/data/untrusted_text.ts";
import { isNamed } from "../tool_pattern.ts";
import { grantOf } from "./grant.ts";
import { clausesOf } from "./imported_clauses.ts";
import { policyText, serverParts } from "./imported_text.ts";
import { covered, toolOf, toolsOf } from "./imported_tools.ts";
import { objectionOf } from "./objection.ts";
import type { PatternPlaces } from "./path_pattern.ts";
import { type PermissionRule, spelledRule } from "./permission_rule.ts";
import type { SettingsPermissions } from "./settings_permissions.ts";

/** A policy that was made of other rules. */
export interface ImportedPolicy {
  /** The text of its file. */
  readonly text: string;
  /** What of the rules it does not say, or says of more calls, a line each. */
  readonly notes: readonly string[];
}

/** Modes in which Claude Code asks about what no rule is about, or runs it. */
const ASKING: readonly (string | undefined)[] = [
  ...[undefined, "default", "manual", "acceptEdits", "auto"],
  ...["bypassPermissions", "plan"],
];

/**
 * Makes a policy of the permissions of Claude Code. It lets no call run which they
 * would deny, and none without a question which they would ask about: what a policy
 * cannot say is denied, or left to a person. Tools of servers are `server.tool`.
 */
export function importedPolicy(
  { rules, mode, others }: SettingsPermissions,
  places: PatternPlaces,
): ImportedPolicy {
  const notes: string[] = [];
  const note = (rule: PermissionRule, why: string) =>
    notes.push(`${spelledRule(rule)}: ${why}`);
  const asks = ASKING.includes(mode);

  const grants = rules.filter(({ list }) => list === "allow")
    .map((rule) => ({ rule, ...grantOf(rule, places) }));
  const objections = rules.filter(({ list }) => list !== "allow")
    .map((rule) => ({ rule, ...objectionOf(rule, places) }));
  for (const { rule, lost } of grants) {
    if (lost === undefined) continue;
    const isAsked = asks && !lost.startsWith("it is outside");
    note(rule, `not allowed: ${lost}${isAsked ? "; a person is asked" : ""}`);
  }
  for (const { rule, widened, objections: made } of objections) {
    if (widened === undefined) continue;
    note(
      rule,
      made.length === 0
        ? widened
        : `${
          rule.list === "deny" ? "denied" : "asked about"
        } as a whole: ${widened}`,
    );
  }
  for (const { rule } of grants) {
    if (rule.tool !== "WebFetch" || rule.specifier !== undefined) continue;
    note(rule, `no list has all hosts${asks ? "; a person is asked" : ""}`);
  }
  notes.push(...generalNotes({ mode, others, asks }));

  const world = toolsOf({ grants, objections, asks, mode });
  const bare = objections.flatMap((each) =>
    each.rule.list !== "deny"
      ? []
      : each.objections.filter(({ when }) => when === undefined)
  );
  const denied = bare.flatMap(({ tools }) => covered(tools, [...world.keys()]));
  const allowed = [...world.keys()].filter((name) => !isNamed(name, denied));
  const still = denied.filter((name) => !world.has(name));

  const clauses = clausesOf({ objections, allowed, asks, world, places });
  const servers = serverParts(allowed, still);
  for (const name of allowed) {
    if (
      toolOf(name) === undefined &&
      !servers.some((part) => part.allowed.includes(name))
    ) {
      notes.push(
        `${
          quoted(name)
        }: denied until an entry under tools says what it touches`,
      );
    }
  }
  for (const { server } of servers) {
    notes.push(`${quoted(server)}: what its profile says is added`);
  }
  return {
    text: policyText({
      notes,
      allowed,
      denied: still,
      hosts: [...new Set(grants.flatMap(({ hosts }) => hosts))],
      asks,
      clauses,
      servers,
    }),
    notes,
  };
}

function generalNotes(
  { mode, others, asks }: {
    readonly mode: string | undefined;
    readonly others: readonly string[];
    readonly asks: boolean;
  },
): readonly string[] {
  return [
    ...mode !== undefined && mode !== "default" && mode !== "manual"
      ? [
        `defaultMode ${quoted(mode)}: ${
          asks
            ? "what no rule allows is left to a person"
            : "what no rule allows is denied"
        }`,
      ]
      : [],
    ...others.map((key) => `${quoted(key)}: not carried over`),
    "other settings files, hooks and the command line: their rules are not in this file",
    "commands of Bash that only read: a person is asked about those that no rule allows",
  ];
}
