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
import { type LookedUp, lookUpHosts, namesHosts } from "./host_lookup.ts";
import type { Session } from "./session.ts";
import type { Turn } from "./turn.ts";

/** A call with everything that is known of it before it is judged. */
export interface PreparedCall {
  /** Its `call_proposed`; `undefined` in a record of version 1. */
  readonly call: number | undefined;
  readonly id: string;
  readonly proposal: Proposal;
  /** When its judgement began. */
  readonly startedAt: string;
}

/** A call and the verdict on it. */
export interface JudgedCall {
  readonly proposal: Proposal;
  readonly decision: Decision;
  /** The verdict as an event, which is still to be recorded. */
  readonly checked: PolicyChecked;
  /** Why its hosts may not be looked up, so that no attempt can succeed. */
  readonly refused: RecordedError | undefined;
}

/**
 * Judges a call, and has a person answer what the policy leaves open. Its hosts
 * are looked up only then, since a look-up already tells their names to others;
 * then the call is judged again with the answer and the addresses. `undefined`
 * when the run was cancelled meanwhile.
 *
 * The call has its turn, and gives it back while a person is asked. Other calls
 * can return meanwhile and during a look-up, so the verdict that is recorded is
 * always made at that moment. The last one is returned and not yielded, so that
 * what follows from it holds before another call goes on.
 */
export async function* judgement(
  session: Session,
  call: PreparedCall,
  turn: Turn,
): AsyncGenerator<RunEvent, JudgedCall | undefined> {
  const { gate, env, progress } = session;
  let { startedAt } = call;
  let answer: Answer | undefined;
  let hosts: LookedUp | undefined;
  while (true) {
    const judged = judgedWith(gate, call.proposal, { answer, hosts });
    const { decision } = judged;
    if (hosts === undefined && letsRun(decision) && namesHosts(call.proposal)) {
      hosts = await lookUpHosts(session, call.proposal);
      if (env.signal.aborted) return undefined;
      continue;
    }
    const checked = policyChecked(session, { ...call, ...judged, startedAt });
    if (decision.effect !== "escalate" || letsRun(decision)) {
      return { ...judged, checked, refused: hosts?.refused };
    }
    turn.release();
    session.rests();
    yield checked;
    const resolved = await askPerson(session, judged.proposal, checked);
    session.goes();
    yield resolved;
    await turn.take();
    if (env.signal.aborted || progress.ended !== undefined) return undefined;
    startedAt = session.now();
    const { approver, verdict } = resolved;
    answer = { approver, verdict, asked: decision.asked };
  }
}

/** What the rules say now. The addresses of hosts are left out of a call that may not run whatever they are. */
function judgedWith(
  gate: Session["gate"],
  bare: Proposal,
  { answer, hosts }: {
    readonly answer: Answer | undefined;
    readonly hosts: LookedUp | undefined;
  },
): Pick<JudgedCall, "proposal" | "decision"> {
  const decision = gate.judge(bare, answer);
  if (hosts === undefined || hosts.addresses.size === 0 || !letsRun(decision)) {
    return { proposal: bare, decision };
  }
  const facts = { ...bare.facts, addresses: hosts.addresses };
  const proposal = { ...bare, facts };
  return { proposal, decision: gate.judge(proposal, answer) };
}

function policyChecked(
  session: Session,
  { call, id, proposal, startedAt, decision }:
    & PreparedCall
    & { readonly decision: Decision },
): PolicyChecked {
  session.totals.policy_checks += 1;
  const asked = decision.effect === "escalate" ? decision.asked : undefined;
  const isEnforced = decision.effect === "allow" || !letsRun(decision);
  return {
    ...session.head(call),
    type: "policy_checked",
    started_at: startedAt,
    call_id: id,
    tool: proposal.name,
    decision: decision.effect,
    rule_id: decision.rule,
    reason: decision.reason,
    metadata: decision.metadata,
    call_sha256: proposal.call_sha256,
    facts: recordedFacts(proposal),
    ...asked === undefined ? {} : { asked },
    ...isEnforced ? {} : { enforced: false } as const,
  };
}
