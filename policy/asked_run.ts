import type { Json } from "../tools/data/json.ts";
import { NO_COST } from "./cost.ts";
import { type Decision, letsRun } from "./decide.ts";
import type { Policy } from "./document/load.ts";
import {
  type Beginning,
  type GateOptions,
  openGate,
  type RawCall,
} from "./gate.ts";
import type { AskedClause, Metadata, RuleId } from "./rule.ts";
import { answerBudget } from "./rules/loop_budget.ts";
import { clausesIn } from "./testing/coverage.ts";

/** How many calls of one run are judged; each takes memory for as long as the run. */
export const MAX_ASKED_CALLS = 10_000;

/** What a policy says of a call that somebody else carries out. */
export interface AskedDecision {
  readonly decision: Decision["effect"];
  readonly rule_id: RuleId | null;
  readonly reason: string | null;
  readonly metadata: Metadata;
  /** `false` where the policy is only audited, and the call runs all the same; else left out. */
  readonly enforced?: false;
  /** Every clause that asks a person, with its line in the policy; left out unless the decision is `escalate`. */
  readonly asked?: readonly (AskedClause & { readonly line?: number })[];
}

/** A run that somebody else carries out, and whose calls are judged here, in their order. */
export interface AskedRun {
  /** Takes in what the run was asked. */
  question(text: string): void;
  /**
   * Judges a call. One that is allowed, or denied without being enforced, counts as
   * begun from then on, as if it ran at once; one that is left to a person does when
   * its result comes.
   *
   * @throws {RangeError} for one call too many
   */
  judge(id: string | number | null, call: RawCall): AskedDecision;
  /**
   * Takes in what a call returned; `seq` numbers it among all that was told. Where
   * several calls have the id, all of them count as begun.
   *
   * @throws {RangeError} when it cannot be told which call that is, or none was to run
   */
  result(
    id: string | number,
    given: { readonly result: Json; readonly seq: number },
  ): void;
}

/** A call that may run and has returned nothing yet. */
interface Waiting {
  readonly call: Beginning;
  readonly hasBegun: boolean;
}

/** Begins a run, with its budget of tool calls. */
export function askedRun(
  { document, lines }: Pick<Policy, "document" | "lines">,
  options: Omit<GateOptions, "policy">,
): AskedRun {
  const gate = openGate({ ...options, policy: document });
  const lineOf = new Map(
    clausesIn({ document, lines }).map(({ name, line }) => [name, line]),
  );
  /** By id; several when an id is used again before a result came. */
  const waiting = new Map<string | number, Waiting[]>();
  let toolCalls = 0;

  /** Remembers a call that may run. */
  function wait(
    id: string | number | null,
    { decision, call }: {
      readonly decision: Decision;
      readonly call: Beginning;
    },
  ): void {
    const hasBegun = letsRun(decision);
    if (decision.effect === "deny" && !hasBegun) return;
    if (hasBegun) gate.begin(call);
    if (id === null) return;
    const others = waiting.get(id) ?? [];
    others.push({ call, hasBegun });
    waiting.set(id, others);
  }

  return {
    question: gate.question,
    judge(id, call) {
      const spent = {
        iterations: 0,
        tokens: 0,
        cost: NO_COST,
        toolCalls,
        seconds: 0,
      };
      const budget = answerBudget(document.loop_budget, spent, 1);
      if (budget !== undefined) {
        const { rule, reason, metadata } = budget;
        return { decision: "deny", rule_id: rule, reason, metadata };
      }
      if (toolCalls >= MAX_ASKED_CALLS) {
        throw new RangeError(
          `a session has at most ${MAX_ASKED_CALLS} calls; begin another one`,
        );
      }
      toolCalls += 1;
      const proposal = gate.propose(call);
      const decision = gate.judge(proposal);
      const { name, tool, redirects, run } = proposal;
      wait(id, { decision, call: { name, tool, redirects, run } });
      const { effect, rule, reason, metadata } = decision;
      return {
        decision: effect,
        rule_id: rule,
        reason,
        metadata,
        ...decision.effect !== "allow" && decision.enforced === false &&
          { enforced: false },
        ...decision.effect === "escalate" && {
          asked: decision.asked.map((each) => {
            const line = lineOf.get(each.clause);
            return line === undefined ? each : { ...each, line };
          }),
        },
      };
    },
    result(id, { result, seq }) {
      const calls = waiting.get(id) ?? [];
      const [one, another] = calls;
      const name = JSON.stringify(id);
      if (one === undefined) {
        throw new RangeError(
          `no call with the id ${name} waits for a result: it was denied, has its result, or was never judged`,
        );
      }
      waiting.delete(id);
      for (const { call, hasBegun } of calls) if (!hasBegun) gate.begin(call);
      if (another !== undefined) {
        throw new RangeError(
          `${calls.length} calls have the id ${name}: it cannot be told which of them returned this`,
        );
      }
      gate.result(result, { tool: one.call.name, seq });
    },
  };
}
