import type { Json, JsonObject } from "../../tools/data/json.ts";
import { jsonText, quoted } from "../../tools/data/untrusted_text.ts";
import { DISGUISED } from "./command_pattern.ts";
import { covered, type Extent, type Objecting } from "./imported_tools.ts";
import { globsMeant, type PatternPlaces } from "./path_pattern.ts";
import { FILE_COMMANDS, PROTECTED_PATHS, REMOVALS } from "./known_tools.ts";
import { spelledRule } from "./permission_rule.ts";

/** A clause of the policy that is made. */
export interface Clause {
  readonly comment: string;
  readonly body: JsonObject;
}

/** The clauses of the policy, by section. */
export interface Clauses {
  readonly deny: readonly Clause[];
  readonly require: readonly Clause[];
  readonly escalate: readonly Clause[];
}

/** Makes clauses of the rules that are about some calls of the allowed tools. */
export function clausesOf(
  { objections, allowed, asks, world, places }: {
    readonly objections: readonly Objecting[];
    readonly allowed: readonly string[];
    readonly asks: boolean;
    readonly world: ReadonlyMap<string, Extent>;
    readonly places: PatternPlaces;
  },
): Clauses {
  const deny: Clause[] = [];
  const escalate: Clause[] = [];
  const asked = asks ? escalate : deny;
  const against = (
    into: Clause[],
    { tools, when, comment, reason }: {
      readonly tools: readonly string[];
      readonly when?: readonly JsonObject[] | undefined;
      readonly comment: string;
      readonly reason: string;
    },
  ) => {
    const there = [...new Set(covered(tools, allowed))];
    if (there.length === 0) return;
    const body = {
      tools: there,
      ...when === undefined ? {} : { when },
      reason,
    };
    into.push({ comment, body });
  };

  for (const { rule, objections: made, files } of objections) {
    const into = rule.list === "deny" ? deny : asked;
    const reason = `the settings ${
      rule.list === "deny" ? "deny" : "ask about"
    } ${quoted(rule.text)}`;
    const comment = spelledRule(rule);
    for (const { tools, when } of made) {
      // Tools that are denied altogether are not allowed in the first place.
      if (rule.list === "deny" && when === undefined) continue;
      const there = "named" in tools ? covered(tools, allowed) : tools;
      against(into, { tools: there, when, comment, reason });
    }
    for (const name of files ?? []) {
      const matches = `(?:^|[^\\w.-])${
        name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      }(?:$|[^\\w.-])`;
      const when = [{ argument: "command", matches }];
      against(into, { tools: ["Bash", "Monitor"], when, comment, reason });
    }
  }

  const isScoped = objections.some(({ rule }) =>
    rule.specifier !== undefined && ["Bash", "Monitor"].includes(rule.tool)
  );
  const hasFiles = objections.some(({ files }) => files !== undefined);
  const commands = (
    pattern: string,
  ) => [{ argument: "command", matches: pattern }];
  if (hasFiles) {
    against(asked, {
      tools: ["Grep", "Glob"],
      comment: "A search from above a file finds it.",
      reason: "it may find files that the settings keep closed",
    });
  }
  against(asked, {
    tools: ["Glob"],
    when: [{ argument: "pattern", matches: "^[/~]|\\.\\." }],
    comment: "Patterns are relative to the working directory.",
    reason: "it looks outside of the working directory",
  });
  if (hasFiles) {
    against(asked, {
      tools: ["Bash", "Monitor"],
      when: commands(FILE_COMMANDS),
      comment: "Rules about files are about such commands, too.",
      reason: "it may open files that the settings keep closed",
    });
  }
  if (hasFiles || isScoped) {
    against(asked, {
      tools: ["Bash", "Monitor"],
      when: commands(DISGUISED),
      comment: "A shell makes other words of these.",
      reason: "its text does not tell what it runs",
    });
  }
  const mayRun = (name: string) => {
    const extent = world.get(name);
    return extent !== undefined && (extent.all || extent.that.length > 0);
  };
  against(asked, {
    tools: ["Bash", "Monitor"].filter(mayRun),
    when: commands(REMOVALS),
    comment: "No rule allows to remove what matters most.",
    reason: "it removes files",
  });
  const configuring = PROTECTED_PATHS.flatMap((path) => {
    const found = globsMeant(`//${path}`, places);
    return found.ok ? found.globs : [];
  });
  for (const [argument, tools] of EDITS) {
    against(asked, {
      tools: tools.filter(mayRun),
      when: [{ argument, glob: configuring }],
      comment: "No rule allows to change what configures other tools.",
      reason: "it changes what configures other tools",
    });
  }

  const required = new Map<
    string,
    { tools: string[]; comment: string; that: Json }
  >();
  for (const [name, { all, that, from }] of world) {
    if (all || !allowed.includes(name) || name === "WebFetch") continue;
    if (that.length === 0) {
      against(asked, {
        tools: [name],
        comment: "No rule allows it.",
        reason: "no rule of the settings allows it",
      });
      continue;
    }
    const condition = that.length === 1 ? that : [{ any: that }];
    const same = required.get(jsonText(condition));
    if (same !== undefined) same.tools.push(name);
    else {
      required.set(jsonText(condition), {
        tools: [name],
        comment: from.map(spelledRule).join(", "),
        that: condition,
      });
    }
  }
  const require = [...required.values()].map(({ tools, comment, that }) => ({
    comment,
    body: {
      tools,
      that,
      ...asks ? { otherwise: "escalate" } : {},
      reason: "no rule of the settings allows this call",
    },
  }));
  return { deny, require, escalate: asks ? escalate : [] };
}

const EDITS = [["file_path", ["Edit", "Write"]], ["notebook_path", [
  "NotebookEdit",
]]] as const;
