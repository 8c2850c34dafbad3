import type { Answer } from "../../policy/answer.ts";
import { type Decision, letsRun } from "../../policy/decide.ts";
import type { Proposal } from "../../policy/rule.ts";
import type {
  PolicyChecked,
  RecordedError,
  RunEvent,
} from "../record/event.ts";
import { recordedFacts } from "../record/recorded_facts.ts";
import { askPerson } from "./ask_person.ts";
import { lookUpHosts, NO_HOSTS } from "./host_lookup.ts";
import type { Session } from "./session.ts";

/** A call with everything that is known of it before it is judged. */
export interface PreparedCall {
  readonly id: string;
  readonly proposal: Proposal;
  /** When its judgement began. */
  readonly startedAt: string;
}

/** A call and the verdict on it. */
export interface JudgedCall {
  readonly proposal: Proposal;
  readonly decision: Decision;
  /** Why its hosts may not be looked up, so that no attempt can succeed. */
  readonly refused: RecordedError | undefined;
}

/** What the rules say before the hosts of a call are known. */
interface Verdict {
  readonly decision: Decision;
  readonly startedAt: string;
  /** What a person said, where one was asked. */
  readonly answer?: Answer;
}

/**
 * Judges a call, and has a person answer what the policy leaves open. Its hosts
 * are looked up only then, since a look-up already tells their names to others;
 * then the call is judged again with the answer and the addresses. `undefined`
 * when the run was cancelled meanwhile.
 */
export async function* judgement(
  session: Session,
  call: PreparedCall,
): AsyncGenerator<RunEvent, JudgedCall | undefined> {
  const { gate, env } = session;
  const { startedAt } = call;
  const decision = gate.judge(call.proposal);
  const isAsked = decision.effect === "escalate" && !letsRun(decision);
  const verdict: Verdict | undefined = isAsked
    ? yield* answered(session, call, decision)
    : { decision, startedAt };
  if (verdict === undefined) return undefined;
  const { addresses, refused } = letsRun(verdict.decision)
    ? await lookUpHosts(session, call.proposal)
    : NO_HOSTS;
  if (env.signal.aborted) return undefined;
  const facts = { ...call.proposal.facts, addresses };
  const proposal = { ...call.proposal, facts };
  const last = addresses.size > 0
    ? { ...verdict, decision: gate.judge(proposal, verdict.answer) }
    : verdict;
  yield policyChecked(session, { ...call, proposal, ...last });
  return { proposal, decision: last.decision, refused };
}

/** Asks a person, and judges the call with the answer; `undefined` when the run was cancelled meanwhile. */
async function* answered(
  session: Session,
  call: PreparedCall,
  decision: Extract<Decision, { readonly effect: "escalate" }>,
): AsyncGenerator<RunEvent, Verdict | undefined> {
  const { proposal } = call;
  const checked = policyChecked(session, { ...call, decision });
  yield checked;
  const resolved = await askPerson(session, proposal, checked);
  yield resolved;
  if (session.env.signal.aborted) return undefined;
  const startedAt = session.now();
  const { approver, verdict } = resolved;
  const answer = { approver, verdict, asked: decision.asked };
  return { decision: session.gate.judge(proposal, answer), startedAt, answer };
}

function policyChecked(
  session: Session,
  { id, proposal, startedAt, decision }: PreparedCall & Verdict,
): PolicyChecked {
  session.totals.policy_checks += 1;
  const asked = decision.effect === "escalate" ? decision.asked : undefined;
  const facts = recordedFacts(proposal);
  const isEnforced = decision.effect === "allow" || !letsRun(decision);
  const isVersion1 = asked === undefined && facts.args === undefined &&
    isEnforced;
  return {
    ...session.head(),
    v: isVersion1 ? 1 : 2,
    type: "policy_checked",
    started_at: startedAt,
    call_id: id,
    tool: proposal.name,
    decision: decision.effect,
    rule_id: decision.rule,
    reason: decision.reason,
    metadata: decision.metadata,
    call_sha256: proposal.call_sha256,
    facts,
    ...asked === undefined ? {} : { asked },
    ...isEnforced ? {} : { enforced: false } as const,
  };
}
