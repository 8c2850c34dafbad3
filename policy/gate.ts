import { hash } from "node:crypto";
import type { ToolDefinition } from "../tools/tool.ts";
import { type CallArguments, readArguments } from "./arguments.ts";
import { CallHistory } from "./call_history.ts";
import { decide, type Decision } from "./decide.ts";
import type { PolicyDocument } from "./document.ts";
import type { Proposal, Rule } from "./rule.ts";

/** Where the calls of one run are judged, in the order in which they come. */
export interface Gate {
  /** Takes a call in: parses and validates its arguments, and counts it. */
  propose(call: RawCall): Proposal;
  /** Asks the rules; with `approved`, escalations have been answered. */
  judge(
    proposal: Proposal,
    options?: { readonly approved?: boolean },
  ): Decision;
}

/** A call as somebody wrote it. */
export interface RawCall {
  readonly tool: string;
  /** The text of the arguments; perhaps it is not JSON. */
  readonly args_json: string;
}

/** What a gate judges by. */
export interface GateOptions {
  readonly policy: PolicyDocument;
  /** The tools that exist, by exact name. */
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  /** In their order of precedence. */
  readonly rules: readonly Rule[];
}

/** Opens a gate for one run; it remembers the calls that were proposed. */
export function openGate({ policy, tools, rules }: GateOptions): Gate {
  const history = new CallHistory(policy.cycle_detection);
  return {
    propose({ tool: name, args_json }) {
      const tool = tools.get(name);
      const args = readArguments(args_json, tool, policy.arg_schema);
      const repetition = history.add(callKey(name, args));
      return { name, tool, args, repetition };
    },
    judge: (proposal, options) => decide(proposal, rules, options),
  };
}

/** Equal for calls of the same tool with the same arguments in RFC 8785 form. */
function callKey(tool: string, args: CallArguments): string {
  return hash("sha256", JSON.stringify([tool, args.canonical]));
}
