import type { Decision } from "../policy/decide.ts";
import { denialBudget } from "../policy/loop_budget.ts";
import type { Proposal } from "../policy/rule.ts";
import { budgetDenied } from "./_budget.ts";
import { approvalBinding } from "./approval.ts";
import type { LoopState, RunEnd } from "./_loop_state.ts";
import { runTool } from "./_tool_run.ts";
import { attempt } from "./attempt.ts";
import type {
  ApprovalResolved,
  PolicyChecked,
  ProposedCall,
  RunEvent,
} from "./event.ts";

/** A call with everything that is known of it before it is judged. */
interface PreparedCall {
  readonly id: string;
  readonly proposal: Proposal;
}

/** Takes one proposed call through judgement, approval and the tool itself. */
export async function* toolCall(
  state: LoopState,
  call: ProposedCall,
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  if (state.env.signal.aborted) return { reason: "cancelled", answer: null };
  const startedAt = state.now();
  const prepared = { id: call.id, proposal: state.gate.propose(call) };
  let decision = state.gate.judge(prepared.proposal);
  yield policyChecked(state, prepared, { startedAt, decision });

  if (decision.effect === "escalate") {
    const resolved = await askPerson(state, prepared, decision.reason);
    yield resolved;
    if (state.env.signal.aborted) return { reason: "cancelled", answer: null };
    if (resolved.verdict === "approved") {
      const againAt = state.now();
      decision = state.gate.judge(prepared.proposal, { approved: true });
      yield policyChecked(state, prepared, { startedAt: againAt, decision });
    }
  }
  const { args } = prepared.proposal;
  const tool = state.spec.tools.get(call.tool);
  if (decision.effect === "allow" && args.ok && tool !== undefined) {
    return yield* runTool(state, { id: call.id, tool, args });
  }
  return yield* denied(state, prepared, decision);
}

function policyChecked(
  state: LoopState,
  { id, proposal }: PreparedCall,
  { startedAt, decision }: {
    readonly startedAt: string;
    readonly decision: Decision;
  },
): PolicyChecked {
  state.totals.policy_checks += 1;
  return {
    ...state.head(),
    type: "policy_checked",
    started_at: startedAt,
    call_id: id,
    tool: proposal.name,
    decision: decision.effect,
    rule_id: decision.rule,
    reason: decision.reason,
    metadata: decision.metadata,
  };
}

/** No approver, no answer and an unknown answer are rejections. */
async function askPerson(
  state: LoopState,
  { id, proposal }: PreparedCall,
  reason: string,
): Promise<ApprovalResolved> {
  const { spec, env } = state;
  const bound_to = approvalBinding(
    { runId: spec.runId, policySha256: spec.policy.sha256 },
    { id, tool: proposal.name, canonicalArgs: proposal.args.canonical },
  );
  const answered = await attempt(async () =>
    await env.approver?.({
      run_id: spec.runId,
      call_id: id,
      tool: proposal.name,
      args: proposal.args.value ?? null,
      reason,
      policy_version: spec.policy.version,
      bound_to,
    }, env.signal), env.signal);
  const answer = answered.ok ? answered.value : undefined;
  const named = typeof answer?.approver === "string";
  return {
    ...state.head(),
    type: "approval_resolved",
    call_id: id,
    approver: named ? answer.approver : "none",
    verdict: named && answer.verdict === "approved" ? "approved" : "rejected",
    bound_to,
  };
}

/** A denial ends the run, or is the tool's result for the model, so many times. */
async function* denied(
  state: LoopState,
  { id, proposal }: PreparedCall,
  { rule, reason }: Decision,
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  state.totals.denials += 1;
  if (rule !== null) state.tally.denials.push(rule);
  const { on_deny, loop_budget } = state.spec.policy.document;
  if (on_deny === "terminate") return { reason: "failed", answer: null };
  const over = denialBudget(loop_budget, state.totals.denials);
  if (over !== undefined) {
    yield budgetDenied(state, over);
    return { reason: "loop_budget", answer: null };
  }
  state.messages.push({
    role: "tool",
    call_id: id,
    tool: proposal.name,
    content: JSON.stringify({ denied: { rule, reason } }),
  });
}
