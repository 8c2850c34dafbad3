import { callRules } from "../../policy/rules/call_rules.ts";
import { type Gate, openGate } from "../../policy/gate.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";

/** What the gates of one trial judge by. */
export interface GateSetup {
  readonly policy: PolicyDocument;
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  /** Where paths are looked up. */
  readonly inspect: (path: string) => PathFacts;
}

/** Makes the way in which each run opens its gate: all rules, as the program has them. */
export function gateOpener(
  { policy, tools, inspect }: GateSetup,
): () => Gate {
  const rules = callRules(policy);
  return () => openGate({ nowMs: () => 0, policy, tools, rules, inspect });
}

/** For calls that name no path. */
export function noPaths(path: string): PathFacts {
  throw new RangeError(`"${path}" must not be looked up`);
}
