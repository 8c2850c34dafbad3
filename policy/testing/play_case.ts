import type { ToolDefinition } from "../../tools/tool.ts";
import type { Decision } from "../decide.ts";
import type { Policy } from "../document/load.ts";
import { openGate } from "../gate.ts";
import { callRules } from "../rules/call_rules.ts";
import { imaginedPlace } from "./imagined_place.ts";
import type { Expected, PolicyCase, TestedCall } from "./test_document.ts";

/** What became of one case. */
export interface PlayedCase {
  /** What was expected and not decided, a line each. */
  readonly unmet: readonly string[];
  /** The clauses that decided something, by id or place. */
  readonly decided: ReadonlySet<string>;
}

/** Who answers in tests. */
const APPROVER = "a tester";

/** Judges the calls of one case, each after the others have had their effect. */
export function playCase(
  { calls, question }: PolicyCase,
  { policy: { document, lines }, tools }: {
    readonly policy: Policy;
    readonly tools: ReadonlyMap<string, ToolDefinition>;
  },
): PlayedCase {
  let nowMs = 0;
  const gate = openGate({
    policy: document,
    rules: callRules(document, lines),
    tools,
    inspect: imaginedPlace,
    nowMs: () => nowMs,
  });
  if (question !== undefined) gate.question(question);
  const unmet: string[] = [];
  const decided = new Set<string>();
  for (const [index, call] of calls.entries()) {
    nowMs = call.at_seconds === undefined ? nowMs : call.at_seconds * 1000;
    const proposal = gate.propose({
      tool: call.tool,
      args_json: JSON.stringify(call.args),
    });
    const decision = gate.judge(proposal);
    for (const clause of clausesOf(decision)) decided.add(clause);
    const fault = faultOf(call, decision);
    if (fault !== undefined) {
      unmet.push(calls.length === 1 ? fault : `call ${index + 1}: ${fault}`);
    }
    const final = decision.effect === "escalate" && call.answer !== undefined
      ? gate.judge(proposal, {
        approver: APPROVER,
        verdict: call.answer,
        asked: decision.asked,
      })
      : decision;
    if (final.effect !== "allow") continue;
    gate.begin(proposal);
    gate.result(call.result ?? null, { tool: call.tool, seq: index + 1 });
  }
  return { unmet, decided };
}

/** The clauses by which a decision came about. */
export function clausesOf(decision: Decision): readonly string[] {
  if (decision.effect === "escalate") {
    return decision.asked.map(({ clause }) => clause);
  }
  const { clause } = decision.metadata;
  return typeof clause === "string" ? [clause] : [];
}

function faultOf(
  { tool, expect }: TestedCall,
  decision: Decision,
): string | undefined {
  if (expect === undefined) return undefined;
  const want: Expected = typeof expect === "string"
    ? { decision: expect }
    : expect;
  const clauses = clausesOf(decision);
  const rules = decision.effect === "escalate"
    ? decision.asked.map(({ rule_id }) => rule_id)
    : [decision.rule];
  const fits = want.decision === decision.effect &&
    (want.rule === undefined || rules.includes(want.rule)) &&
    (want.clause === undefined || clauses.includes(want.clause));
  return fits
    ? undefined
    : `${tool}: expected ${spelled(want)}, found ${
      spelled({
        decision: decision.effect,
        rule: decision.rule ?? undefined,
        clause: clauses.join(", ") || undefined,
      })
    }${decision.reason === null ? "" : `: ${decision.reason}`}`;
}

function spelled({ decision, rule, clause }: Expected): string {
  const by = [rule, clause].filter((each) => each !== undefined);
  return by.length === 0 ? decision : `${decision} by ${by.join(", ")}`;
}
