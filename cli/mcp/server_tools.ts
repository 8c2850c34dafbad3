import { letsRun } from "../../policy/decide.ts";
import type { Policy } from "../../policy/document/load.ts";
import { openGate } from "../../policy/gate.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import { type PinMatch, pinMatch } from "../../policy/rules/tool_pin.ts";
import type { Json } from "../../tools/data/json.ts";
import type { Incident } from "../../evidence/recording/incident.ts";
import {
  type ListedTool,
  listedTool,
  type ListReader,
} from "../../tools/mcp/served_tool.ts";
import { emptySandbox } from "../../tools/sandbox/empty_sandbox.ts";
import type { ToolDefinition } from "../../tools/tool.ts";

/** A definition that differs from the one that counts. */
export type ToolIncident = Incident & { readonly type: "tool_definition" };

/** How the list of a server differs from before. */
export interface ListChange {
  readonly tools: readonly ToolDefinition[];
  /** Names in the record. */
  readonly removed: readonly string[];
}

/** The tools of a server, as its lists have them. */
export interface ServerTools {
  /** The tools of the first list, by name in the record; `undefined` before there is one. */
  readonly first: ReadonlyMap<string, ToolDefinition> | undefined;
  /** The tools that there are now. */
  readonly now: ReadonlyMap<string, ToolDefinition>;
  /** Takes in the whole list, the first one or a later one; how it differs from before. */
  whole(entries: readonly Json[]): ListChange;
  /** Takes in a page of it. */
  page(entries: readonly Json[]): ListChange;
  /** The entries that a client may see, in their order. */
  shown(entries: readonly Json[]): readonly Json[];
  /** What was found wrong with definitions since this was asked last. */
  incidents(): readonly ToolIncident[];
}

/** How the tools of a server are read and shown. */
export interface ServerToolsOptions extends ListReader {
  readonly policy: Policy;
  /** Whether a client sees tools, too, that the policy denies whatever their arguments. */
  readonly showDenied: boolean;
}

/** Knows no list yet. */
export function serverTools(
  { policy, showDenied, ...reader }: ServerToolsOptions,
): ServerTools {
  const now = new Map<string, ToolDefinition>();
  /** The first other definition of each tool that ever had one; it counts until the end. */
  const others = new Map<string, ToolDefinition>();
  const told = new Set<string>();
  /** Compiling a schema takes long, and lists are asked for again and again. */
  let known = new Map<string, ListedTool>();
  let first: ReadonlyMap<string, ToolDefinition> | undefined;
  let found: ToolIncident[] = [];

  function read(entries: readonly Json[]): readonly ListedTool[] {
    const pairs = entries.map((entry): [string, ListedTool] => {
      const key = JSON.stringify(entry);
      return [key, known.get(key) ?? listedTool(entry, reader)];
    });
    if (known.size > MAX_KNOWN) known = new Map();
    for (const [key, tool] of pairs) known.set(key, tool);
    return pairs.map(([, tool]) => tool);
  }

  function usable(entries: readonly Json[]): readonly ToolDefinition[] {
    const listed = read(entries);
    const counts = new Map<string, number>();
    for (const { name } of listed) {
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // Of two tools with one name it cannot be told which one is meant.
    return listed.flatMap(({ name, tool }) =>
      tool !== undefined && counts.get(name ?? "") === 1 ? [tool] : []
    );
  }

  function take(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
    const changed = tools.filter((tool) =>
      now.get(tool.name)?.definitionSha256 !== tool.definitionSha256
    );
    for (const tool of changed) {
      now.set(tool.name, tool);
      const before = first?.get(tool.name);
      if (before !== undefined && isOther(before, tool)) {
        others.set(tool.name, others.get(tool.name) ?? tool);
      }
    }
    return changed;
  }

  /** The denials of tools as such, whatever their arguments. */
  function denials(): ReadonlyMap<string, string> {
    const { document, lines } = policy;
    const gate = openGate({
      policy: document,
      tools: first ?? now,
      rules: callRules(document, lines),
      // No path is looked up for a tool that is judged without arguments.
      inspect: emptySandbox().inspect,
      nowMs: () => 0,
    });
    gate.toolsChanged({ tools: [...others.values()], removed: [] });
    gate.toolsChanged({ tools: [...now.values()], removed: [] });
    const denied = new Map<string, string>();
    for (const [name, tool] of now) {
      const decision = gate.judge(
        // No arguments, so that no schema is asked about them either.
        gate.propose({ tool: name, args_json: "" }),
      );
      const { rule, metadata } = decision;
      if (letsRun(decision)) continue;
      if (rule === "tool_pin") note(tool, pinMatch(metadata));
      if (rule === "tool_pin" || rule === "tool_registry") {
        denied.set(name, rule);
      }
    }
    return denied;
  }

  function note(tool: ToolDefinition, match: PinMatch | undefined): void {
    if (match === undefined) return;
    const { name, definitionSha256: sha256 = "" } = tool;
    const key = JSON.stringify([name, sha256]);
    if (told.has(key)) return;
    told.add(key);
    const pinned = policy.document.tool_registry.pins?.[name] ??
      first?.get(name)?.definitionSha256;
    found.push({
      type: "tool_definition",
      tool: name,
      found: match,
      sha256,
      ...match === "later" || pinned === undefined ? {} : { pinned },
    });
  }

  return {
    get first() {
      return first;
    },
    now,
    whole(entries) {
      const tools = usable(entries);
      const names = new Set(tools.map(({ name }) => name));
      const removed = [...now.keys()].filter((name) => !names.has(name));
      for (const name of removed) now.delete(name);
      const changed = take(tools);
      first ??= new Map(now);
      denials();
      return { tools: changed, removed };
    },
    page(entries) {
      const changed = take(usable(entries));
      denials();
      return { tools: changed, removed: [] };
    },
    shown(entries) {
      const denied = denials();
      const listed = read(entries);
      const usableNames = new Set(usable(entries).map(({ name }) => name));
      return entries.filter((_, index) => {
        const { tool }: ListedTool = listed[index] ?? NOTHING;
        if (tool === undefined || !usableNames.has(tool.name)) return false;
        const rule = denied.get(tool.name);
        return rule === undefined || showDenied && rule !== "tool_pin";
      });
    },
    incidents() {
      const all = found;
      found = [];
      return all;
    },
  };
}

/** How many definitions are remembered; a server that makes new ones all the time gets no more. */
const MAX_KNOWN = 2000;

const NOTHING: ListedTool = {
  name: undefined,
  tool: undefined,
  fault: undefined,
};

function isOther(a: ToolDefinition, b: ToolDefinition): boolean {
  return a.definitionSha256 !== b.definitionSha256;
}
