import { canonicalJson } from "../tools/data/canonical_json.ts";
import { sha256Text } from "../tools/data/sha256.ts";
import type { Json, JsonObject } from "../tools/data/json.ts";
import type { PathFacts } from "../tools/sandbox/sandbox.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import type { Answer } from "./answer.ts";
import { readArguments } from "./arguments.ts";
import { callHash } from "./call_hash.ts";
import { CallHistory } from "./rules/call_history.ts";
import { decide, decideInAudit, type Decision } from "./decide.ts";
import { conditionsIn } from "./document/clauses.ts";
import type { PolicyDocument } from "./document/document.ts";
import { type Facts, lookUpPaths } from "./facts.ts";
import type { Proposal, Rule } from "./rule.ts";
import { judgedArguments } from "./judged_arguments.ts";
import type { Source } from "./conditions/condition.ts";
import { runMemory } from "./run_memory.ts";
import { sourcesIn } from "./seen_texts.ts";
import { type ToolChange, toolListing } from "./tool_listing.ts";
import { knownTool } from "./tool_traits.ts";

/** Where the calls of one run are judged, in the order in which they come. */
export interface Gate {
  /** Takes a call in: parses and validates its arguments, looks its paths up, and counts it. */
  propose(call: RawCall): Proposal;
  /**
   * Takes in what a call was redirected to. The model did not
   * propose it, so it counts as a redirect and not as a repetition.
   */
  redirect(proposal: Proposal, args: JsonObject): Proposal;
  /** Asks the rules; with an answer, a person has been asked too. */
  judge(proposal: Proposal, answer?: Answer): Decision;
  /** Takes in what the run was asked. */
  question(text: string): void;
  /** Takes in that a call begins, before anything of it can reach the model. */
  begin(proposal: Beginning): void;
  /** Takes in that the list of tools is another one. */
  toolsChanged(change: ToolChange): void;
  /** Takes in what a tool returned; `seq` is the number of the event that has it. */
  result(
    result: Json,
    from: { readonly tool: string; readonly seq: number },
  ): void;
}

/** What is remembered of a call that begins. */
export type Beginning = Pick<Proposal, "name" | "tool" | "redirects" | "run">;

/** A call as somebody wrote it. */
export interface RawCall {
  readonly tool: string;
  /** The text of the arguments; perhaps it is not JSON. */
  readonly args_json: string;
}

/** What a gate judges by. */
export interface GateOptions {
  readonly policy: PolicyDocument;
  /** The tools that exist when the run begins, by exact name. */
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  /** In their order of precedence. */
  readonly rules: readonly Rule[];
  /** Looks a path up; opens nothing. */
  readonly inspect: (path: string) => PathFacts;
  /** The newest reading of the run's clock, in milliseconds; it does not read the clock. */
  readonly nowMs: () => number;
}

/** Opens a gate for one run; it remembers the calls that were proposed. */
export function openGate(
  { policy, tools, rules, inspect, nowMs }: GateOptions,
): Gate {
  const history = new CallHistory(policy.cycle_detection);
  const memory = runMemory(sourcesOf(policy));
  const known = new Map<ToolDefinition, ToolDefinition>();
  const listed = toolListing(tools);
  let calls = 0;

  function toolNamed(name: string): ToolDefinition | undefined {
    const tool = listed.get(name);
    if (tool === undefined) return undefined;
    const found = known.get(tool) ?? knownTool(tool, policy.tools ?? []);
    known.set(tool, found);
    return found;
  }

  /** Everything about a call but how it repeats others. */
  function read({ tool: name, args_json }: RawCall) {
    const tool = toolNamed(name);
    const args = readArguments(args_json, tool, policy.arg_schema);
    const facts: Facts = {
      paths: lookUpPaths({ tool, args }, inspect),
      addresses: new Map(),
    };
    return {
      name,
      tool,
      args,
      call_sha256: callHash(name, args.canonical),
      facts,
      listing: listed.listing(name),
    };
  }

  return {
    propose(call) {
      const known = read(call);
      const repetition = history.add(repetitionKey(known));
      calls += 1;
      const run = memory.facts(calls, nowMs());
      return { ...known, repetition, redirects: 0, run };
    },
    redirect({ name, repetition, redirects, run: { call } }, args) {
      const known = read({ tool: name, args_json: JSON.stringify(args) });
      const run = memory.facts(call, nowMs());
      return { ...known, repetition, redirects: redirects + 1, run };
    },
    judge: (proposal, answer) =>
      policy.mode === "audit"
        ? decideInAudit(proposal, rules)
        : decide(proposal, rules, answer),
    question: memory.question,
    begin({ name, tool, redirects, run: { call, atMs } }) {
      const labels = tool?.labels ?? [];
      memory.begin({
        call,
        tool: name,
        atMs,
        labels,
        isRedirect: redirects > 0,
      });
    },
    result: memory.result,
    toolsChanged: listed.change,
  };
}

/** Every place in which a policy looks for what was seen before. */
function sourcesOf(policy: PolicyDocument): readonly Source[] {
  return sourcesIn(
    conditionsIn(policy).flatMap(({ conditions }) => conditions),
  );
}

/** How long a key may be that stands for itself; a longer one is hashed, since a run keeps all of them. */
const MAX_KEY_LENGTH = 256;

/** Equal for calls that the rules judged the same, however they were spelled. */
function repetitionKey(
  { name, call_sha256, ...known }: Omit<
    Proposal,
    "repetition" | "redirects" | "run"
  >,
): string {
  const judged = judgedArguments(known);
  if (judged === undefined) return call_sha256;
  const key = JSON.stringify([name, canonicalJson(judged)]);
  return key.length > MAX_KEY_LENGTH ? sha256Text(key) : key;
}
