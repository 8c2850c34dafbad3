import type { Proposal } from "../rule.ts";
import { anywhereIn } from "./anywhere.ts";
import type { Basis } from "./basis.ts";
import { callContext } from "./call_context.ts";
import type { Condition } from "./condition.ts";
import { nodesOf } from "./nodes.ts";
import {
  NO_STEPS,
  type StepBudget,
  stepBudget,
  STEPS_OF_A_DECISION,
} from "./step_budget.ts";
import { agreed, all, any, not, type Truth } from "./truth.ts";
import { truthsOfEach, valueTruth } from "./value_truth.ts";

/** Tells what holds of one call. */
export interface Judge {
  /** Whether a condition holds, on every spelling and every value that it names. */
  truth(condition: Condition): Truth;
  /** What it looked at: of the values that it names, those whose truth `because` accepts. */
  basis(
    condition: Condition,
    because: (truth: Truth) => boolean,
  ): readonly Basis[];
  /** Whether it was asked for more steps than a decision may take. */
  readonly isExhausted: boolean;
}

const JUDGES = new WeakMap<Proposal, Judge>();

/** The judge of a call: one for all rules, so that they share a budget and look at each value once. */
export function judgeOf(proposal: Proposal): Judge {
  const known = JUDGES.get(proposal) ??
    judgeWithin(stepBudget(STEPS_OF_A_DECISION), proposal);
  JUDGES.set(proposal, known);
  return known;
}

/**
 * Asks the judge of a call. If that takes more than a decision may, it is asked
 * again with nothing to spend: then every condition that takes steps is unknown, and
 * not only those that came last.
 */
export function judgedBy<T>(
  proposal: Proposal,
  ask: (judge: Judge) => T,
): T {
  const judge = judgeOf(proposal);
  const found = ask(judge);
  if (!judge.isExhausted) return found;
  const hurried = judgeWithin(stepBudget(NO_STEPS), proposal);
  JUDGES.set(proposal, hurried);
  return ask(hurried);
}

function judgeWithin(budget: StepBudget, proposal: Proposal): Judge {
  const nodes = nodesOf(proposal.args.value);
  const context = callContext(proposal, nodes, budget);
  const anywhere = anywhereIn(nodes.everywhere, context);
  const { run } = proposal;
  const truths = new Map<Condition, Truth>();

  function decided(condition: Condition): Truth {
    const { argument, after, ran } = condition;
    if (condition.any !== undefined) return any(condition.any.map(truth));
    if (condition.all !== undefined) return all(condition.all.map(truth));
    if (condition.not !== undefined) return not(truth(condition.not));
    if (after !== undefined) {
      return [after].flat().every((label) => run.labels.has(label));
    }
    if (ran !== undefined) return run.calls(ran.tools) >= (ran.at_least ?? 1);
    if (condition.any_argument === true) return anywhere(condition);
    const found = nodes.named(argument ?? "");
    return condition.present === undefined
      ? agreed(truthsOfEach(condition, found, context))
      : found.length > 0 === condition.present;
  }

  function truth(condition: Condition): Truth {
    const known = truths.get(condition) ?? decided(condition);
    truths.set(condition, known);
    return known;
  }

  function basis(
    condition: Condition,
    because: (truth: Truth) => boolean,
  ): readonly Basis[] {
    const { any, all, not: denied, after, ran, seen_in } = condition;
    const parts = any ?? all;
    if (parts !== undefined) {
      return parts.filter((part) => because(truth(part)))
        .flatMap((part) => basis(part, because));
    }
    if (denied !== undefined) {
      return basis(denied, (each) => because(not(each)));
    }
    if (after !== undefined) {
      const labels = [after].flat().flatMap((label) => {
        const set = run.labels.get(label);
        return set === undefined ? [] : [{ label, ...set }];
      });
      return [{ kind: "labels", labels }];
    }
    if (ran !== undefined) {
      const { tools } = ran;
      return [{ kind: "ran", tools, calls: run.calls(tools) }];
    }
    const found = condition.any_argument === true
      ? nodes.everywhere()
      : nodes.named(condition.argument ?? "");
    const chosen = found.values().filter((node) =>
      condition.present !== undefined ||
      because(valueTruth(condition, node, context))
    ).take(MAX_BASIS);
    return [...chosen].map(({ path, value }) => {
      if (seen_in === undefined) return { kind: "value", path, value };
      const seen = run.seen(String(value), seen_in);
      return {
        kind: "seen",
        path,
        value,
        seen: seen === "unknown" ? null : seen ?? null,
      };
    });
  }

  return {
    truth,
    basis,
    get isExhausted() {
      return budget.isExceeded;
    },
  };
}

/** How many values are named as the reason of one decision. */
const MAX_BASIS = 4;
