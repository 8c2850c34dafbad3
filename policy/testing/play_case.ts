import { didYouMean } from "../../tools/data/nearest.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { type Decision, letsRun } from "../decide.ts";
import type { Policy } from "../document/load.ts";
import { openGate } from "../gate.ts";
import { callRules } from "../rules/call_rules.ts";
import { clausesIn } from "./coverage.ts";
import { imaginedPlace } from "./imagined_place.ts";
import type { Expected, PolicyCase, TestedCall } from "./test_document.ts";

/** What became of one case. */
export interface PlayedCase {
  /** What was expected and not decided, a line each: the call, what was expected and what was found. */
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
  const clauses = clausesIn({ document, lines })
    .map(({ name, line }) => [name, line] as const);
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
    const fault = faultOf(call, { decision, lines: new Map(clauses) });
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
    if (!letsRun(final)) continue;
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
  { tool, args, expect }: TestedCall,
  { decision, lines }: {
    readonly decision: Decision;
    /** Of the clauses of the policy, by their names. */
    readonly lines: ReadonlyMap<string, number | undefined>;
  },
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
  if (fits) return undefined;
  const found = spelled(decision.effect, [
    ...new Set(rules.filter((rule) => rule !== null)),
    ...clauses.map((clause) => placed(clause, lines)),
  ]);
  const wanted = [want.rule, want.clause].filter((each) => each !== undefined);
  const call = `${tool} ${oneLine(JSON.stringify(args), MAX_ARGS)}`;
  const why = decision.reason === null ? "" : `: ${decision.reason}`;
  return `${call}: expected ${spelled(want.decision, wanted)}${
    missing(want.clause, lines)
  }, found ${found}${why}`;
}

/** How much of the arguments of a call is shown, in characters. */
const MAX_ARGS = 100;

function spelled(decision: string, by: readonly string[]): string {
  return by.length === 0 ? decision : `${decision} by ${by.join(", ")}`;
}

/** A clause, with the line of the policy on which it begins. */
function placed(
  clause: string,
  lines: ReadonlyMap<string, number | undefined>,
): string {
  const line = lines.get(clause);
  return line === undefined ? clause : `${clause} (line ${line} of the policy)`;
}

/** Says of an expected clause that the policy does not have it. */
function missing(
  clause: string | undefined,
  lines: ReadonlyMap<string, number | undefined>,
): string {
  return clause === undefined || lines.has(clause)
    ? ""
    : ` (the policy has no such clause${
      didYouMean(clause, [...lines.keys()])
    })`;
}
