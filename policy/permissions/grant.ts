import type { JsonObject } from "../../tools/data/json.ts";
import { refusalOfToolPattern } from "../tool_pattern.ts";
import { parseUrlEntry } from "../url_entry.ts";
import { commandAllowed } from "./command_pattern.ts";
import { isServerRule, serverTools } from "./mcp_name.ts";
import { globsAllowed, type PatternPlaces } from "./path_pattern.ts";
import type { PermissionRule } from "./permission_rule.ts";

/** What a rule allows, and no more. */
export interface Grant {
  /** Name of a tool in the policy, or a family of them. */
  readonly tool: string;
  /** What its calls must be; `undefined` for all of them. */
  readonly that: JsonObject | undefined;
}

/** What becomes of a rule that allows something. */
export interface Granted {
  readonly grants: readonly Grant[];
  /** Entries of `url_allowlist`. */
  readonly hosts: readonly string[];
  /** Why some or all of it is not allowed by the policy. */
  readonly lost: string | undefined;
}

/** What a rule of `allow` comes to in a policy. */
export function grantOf(
  { tool, specifier }: PermissionRule,
  places: PatternPlaces,
): Granted {
  if (isServerRule(tool)) {
    if (specifier !== undefined) return lost("such a rule allows nothing");
    const named = serverTools(tool);
    return named.ok
      ? {
        grants: [{ tool: named.pattern, that: undefined }],
        hosts: [],
        lost: undefined,
      }
      : lost(named.reason);
  }
  if (tool.includes("*")) return lost("such a rule allows nothing");
  const refusal = refusalOfToolPattern(tool);
  if (refusal !== undefined) return lost("no policy can name this tool");
  if (specifier === undefined) {
    return { grants: [{ tool, that: undefined }], hosts: [], lost: undefined };
  }
  switch (tool) {
    case "Bash":
    case "Monitor": {
      const matches = commandAllowed(specifier);
      return matches === undefined
        ? lost("no text tells whether a command is only this one")
        : granted([[tool, { argument: "command", matches }]]);
    }
    case "Read":
      return onPaths(specifier, places, READ_ARGUMENTS);
    case "Edit":
      return onPaths(specifier, places, EDIT_ARGUMENTS);
    case "WebFetch":
      return onHost(specifier);
    case "Agent":
    case "Task":
      return /[*:]/.test(specifier)
        ? lost("it is not the name of one kind of agent")
        : granted([[tool, { argument: "subagent_type", equals: specifier }]]);
  }
  return lost(
    ["Write", "NotebookEdit", "MultiEdit", "Glob", "Grep"].includes(tool)
      ? "such a rule allows nothing; paths are those of Read and Edit"
      : "nothing is known of what it is about",
  );
}

const READ_ARGUMENTS = [["Read", "file_path"], ["Grep", "path"], [
  "Glob",
  "path",
]] as const;
const EDIT_ARGUMENTS = [["Edit", "file_path"], ["Write", "file_path"], [
  "NotebookEdit",
  "notebook_path",
]] as const;

function onPaths(
  pattern: string,
  places: PatternPlaces,
  tools: readonly (readonly [tool: string, argument: string])[],
): Granted {
  const found = globsAllowed(pattern, places);
  if (!found.ok) return lost(found.reason);
  return found.globs.length === 0
    ? lost("it is outside of the sandbox")
    : granted(
      tools.map(([tool, argument]) => [tool, { argument, glob: found.globs }]),
    );
}

function onHost(specifier: string): Granted {
  const [, host = ""] = /^domain:(.*)$/.exec(specifier.trim()) ?? [];
  const entry = host.toLowerCase().replace(/\.$/, "");
  try {
    parseUrlEntry(entry);
  } catch {
    return lost("no list of hosts can have it");
  }
  return /^(?:\*\.)?[a-z0-9.-]+$/.test(entry)
    ? { grants: [], hosts: [entry], lost: undefined }
    : lost("no list of hosts can have it");
}

function granted(
  grants: readonly (readonly [tool: string, that: JsonObject])[],
): Granted {
  return {
    grants: grants.map(([tool, that]) => ({ tool, that })),
    hosts: [],
    lost: undefined,
  };
}

function lost(why: string): Granted {
  return { grants: [], hosts: [], lost: why };
}
