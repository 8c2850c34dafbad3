import type { ToolDefinition } from "../tools/tool.ts";
import type { CallArguments } from "./arguments.ts";
import type { Repetition } from "./rules/call_history.ts";
import type { Facts } from "./facts.ts";
import type { JudgedClause } from "./judged_clause.ts";
import type { RunFacts } from "./run_facts.ts";
import type { Listing } from "./tool_listing.ts";

/** The ids that a decision can name; they are public and never change. */
export const RULE_IDS = [
  "tool_registry",
  "url_allowlist",
  "sandbox_path",
  "arg_schema",
  "loop_budget",
  "cycle_detection",
  "approval",
  "argument_rule",
  "call_limit",
  "flow",
  "tool_pin",
] as const;

/** The id of one rule, as it is recorded. */
export type RuleId = typeof RULE_IDS[number];

/** Facts about a decision, as spans carry them below `policy.`: snake_case keys. */
export type Metadata = Readonly<Record<string, string | number | boolean>>;

/** One proposed tool call, as every rule sees it. */
export interface Proposal {
  /** The tool's name exactly as the model spelled it. */
  readonly name: string;
  /** What is registered under that name, with what the policy says of it. */
  readonly tool: ToolDefinition | undefined;
  readonly args: CallArguments;
  /** SHA-256 over the name and the arguments in RFC 8785 form, 64 hex digits. */
  readonly call_sha256: string;
  /** What was looked up about it. */
  readonly facts: Facts;
  /** How many redirects led to it; 0 for a call that somebody proposed. */
  readonly redirects: number;
  /** How it repeats earlier calls of the run. */
  readonly repetition: Repetition;
  /** What the run has come to. */
  readonly run: RunFacts;
  /** How the tool stood in the lists of tools that the run has had. */
  readonly listing: Listing;
}

/** What a rule has to say of a call. */
export type Opinion =
  | { readonly effect: "allow"; readonly metadata: Metadata }
  | {
    readonly effect: "deny";
    /** One sentence for people and for the model; holds no secret. */
    readonly reason: string;
    readonly metadata: Metadata;
  }
  | {
    /** Only a person may allow it. */
    readonly effect: "escalate";
    /** Every entry of the policy that asks, in its order; at least one. */
    readonly asks: readonly Ask[];
    readonly metadata: Metadata;
  };

/** Why an entry of the policy leaves a call to a person. */
export interface Ask {
  /** The entry's own id, or where it stands in the policy: `escalate[2]`. */
  readonly clause: string;
  /** One sentence for people and for the model; holds no secret. */
  readonly reason: string;
}

/** What a person is asked about, or was, and by which rule. */
export interface AskedClause extends Ask {
  /** The rule whose entry it is. */
  readonly rule_id: RuleId;
}

/** One gate. It answers one question and says nothing of what does not concern it. */
export interface Rule {
  readonly id: RuleId;
  opinion(proposal: Proposal): Opinion | undefined;
  /** How each clause for this call was judged; the opinion rests on it. Left out by a rule without clauses. */
  clauses?(proposal: Proposal): readonly JudgedClause[];
  /**
   * Whether it denies a call even where the policy is only audited: one that cannot
   * run, would leave our own sandbox, or would reach a private address. Default: never.
   */
  deniesAlways?(proposal: Proposal): boolean;
}
