import type { Policy } from "../../policy/document/load.ts";
import type { RuleId } from "../../policy/rule.ts";
import type { PolicyChecked, RunEvent } from "../../runtime/record/event.ts";
import { rejudge } from "./rejudge.ts";

/** A verdict, with the rule that objected. */
export interface Verdict {
  /** The decision about the call, or about the run where a budget decides. */
  readonly decision: "allow" | "deny" | "escalate";
  /** `null` when no rule objected. */
  readonly rule_id: RuleId | null;
  /** The clauses of the policy that decided, by id or place; empty where a rule needs none. */
  readonly clauses: readonly string[];
  /** `null` when no rule objected. */
  readonly reason: string | null;
}

/** A decision that would change under another policy. */
export interface Flip {
  /** Number of the event with the recorded decision. */
  readonly seq: number;
  /** The loop's turn. */
  readonly step: number;
  /** The tool that was called; `null` where a budget had denied. */
  readonly tool: string | null;
  /** The model's id for the call; `null` where a budget had denied. */
  readonly call_id: string | null;
  /** What is on record. */
  readonly was: Verdict;
  /** What the other policy says. */
  readonly is: Verdict;
}

/** The decisions of a run under another policy. */
export interface Redecided {
  /** How many recorded decisions were judged again. */
  readonly decisions: number;
  /** Those that would change, in the order of the record. */
  readonly flips: readonly Flip[];
}

/**
 * Judges every decision of a run again under another policy, as `rejudge` does,
 * and lists those that would change. It ignores that an earlier change could
 * have ended the run.
 *
 * @throws {RangeError} when the record does not begin like a run
 */
export function redecide(
  recorded: readonly RunEvent[],
  policy: Policy,
): Redecided {
  const [started] = recorded;
  if (started?.type !== "run_started") {
    throw new RangeError(
      "Cannot judge a record again that does not begin with run_started",
    );
  }
  const again = rejudge(started, policy);
  const flips: Flip[] = [];
  let decisions = 0;
  for (const event of recorded) {
    const rejudged = again.push(event);
    if (rejudged === undefined || event.type !== "policy_checked") continue;
    decisions += 1;
    const { seq, step, tool, call_id, decision } = event;
    if (decision === rejudged.decision) continue;
    const [was, is] = [verdict(event), verdict(rejudged)];
    flips.push({ seq, step, tool, call_id, was, is });
  }
  return { decisions, flips };
}

function verdict(
  { decision, rule_id, reason, metadata: { clause }, asked = [] }: Judged,
): Verdict {
  const clauses = decision === "escalate"
    ? asked.map((each) => each.clause)
    : typeof clause === "string"
    ? [clause]
    : [];
  return { decision, rule_id, clauses, reason };
}

/** What a decision on record and one that is made again have in common. */
type Judged = Pick<
  PolicyChecked,
  "decision" | "rule_id" | "reason" | "metadata" | "asked"
>;
