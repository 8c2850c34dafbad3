import { NOBODY } from "../policy/answer.ts";
import type { Decision } from "../policy/decide.ts";
import { type Address, urlsOf } from "../policy/facts.ts";
import { denialBudget } from "../policy/loop_budget.ts";
import type { Proposal } from "../policy/rule.ts";
import { isAddress } from "../policy/url_text.ts";
import { Redirect } from "../tools/redirect.ts";
import { budgetDenied } from "./_budget.ts";
import {
  approvalBinding,
  type ApprovalRequest,
  PENDING,
  PendingApprovalError,
} from "./approval.ts";
import type { LoopState, RunEnd } from "./_loop_state.ts";
import { runTool } from "./_tool_run.ts";
import { attempt } from "./attempt.ts";
import { DEFAULT_ATTEMPT_TIMEOUT_MS, inTime } from "./_in_time.ts";
import { recordedFacts } from "./recorded_facts.ts";
import { recordedTool } from "./recorded_tool.ts";
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

/** A call and the verdict on it. */
interface JudgedCall {
  readonly proposal: Proposal;
  readonly decision: Decision;
}

/**
 * Takes one proposed call through judgement, approval and the tool itself. Where
 * the tool is redirected, it is judged again before it goes on.
 */
export async function* toolCall(
  state: LoopState,
  call: ProposedCall,
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  const { id } = call;
  let take = () => state.gate.propose(call);
  while (!state.env.signal.aborted) {
    const startedAt = state.now();
    const proposed = take();
    const judged = yield* judgement(
      state,
      { id, proposal: proposed },
      startedAt,
    );
    if (judged === undefined) break;
    const { proposal, decision } = judged;
    const { args } = proposal;
    const tool = state.spec.tools.get(call.tool);
    if (decision.effect !== "allow" || !args.ok || tool === undefined) {
      return yield* denied(state, { id, proposal }, decision);
    }
    const ended = yield* runTool(state, {
      id,
      tool,
      args,
      urls: hrefs(proposal),
      places: places(proposal),
    });
    if (!(ended instanceof Redirect)) return ended;
    take = () => state.gate.redirect(proposal, ended.args);
  }
  return { reason: "cancelled", answer: null };
}

/**
 * Judges a call, and has a person answer what the policy leaves open; with the
 * answer the call is judged again. `undefined` when the run was cancelled meanwhile.
 */
async function* judgement(
  state: LoopState,
  { id, proposal: proposed }: PreparedCall,
  startedAt: string,
): AsyncGenerator<RunEvent, JudgedCall | undefined> {
  const proposal = await withAddresses(state, proposed);
  if (state.env.signal.aborted) return undefined;
  const prepared = { id, proposal };
  let decision = state.gate.judge(proposal);
  const checked = policyChecked(state, prepared, { startedAt, decision });
  yield checked;
  if (decision.effect !== "escalate") return { proposal, decision };
  const resolved = await askPerson(state, prepared, checked);
  yield resolved;
  if (state.env.signal.aborted) return undefined;
  const againAt = state.now();
  decision = state.gate.judge(proposal, resolved);
  yield policyChecked(state, prepared, { startedAt: againAt, decision });
  return { proposal, decision };
}

/**
 * Looks up what the hosts of a call stand for, once nothing else denies it: the
 * name of a host that is not listed is told to nobody.
 */
async function withAddresses(
  state: LoopState,
  proposal: Proposal,
): Promise<Proposal> {
  const urls = [...urlsOf(proposal).values()]
    .filter(({ hostname }) => !isAddress(hostname));
  if (urls.length === 0) return proposal;
  if (state.gate.judge(proposal).effect === "deny") return proposal;
  const addresses = new Map<string, readonly Address[]>();
  for (const url of urls) {
    const found = await inTime(state, {
      ms: DEFAULT_ATTEMPT_TIMEOUT_MS,
      work: (signal) => state.env.resolve(url, signal),
      late: "unhandled",
    });
    const known = found.ok ? found.value : [];
    if (known !== undefined) addresses.set(url.hostname, known);
  }
  return { ...proposal, facts: { ...proposal.facts, addresses } };
}

/** What a tool may fetch: what was judged, by how the arguments spell it. */
function hrefs(proposal: Proposal): ReadonlyMap<string, string> {
  return new Map(
    [...urlsOf(proposal)].map(([spelled, { href }]) => [spelled, href]),
  );
}

/** What a tool may open: where its paths led when they were judged, by how the arguments spell them. */
function places({ facts }: Proposal): ReadonlyMap<string, string> {
  return new Map(
    [...facts.paths].map(([spelled, { resolved }]) => [spelled, resolved]),
  );
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
    call_sha256: proposal.call_sha256,
    facts: recordedFacts(proposal),
  };
}

/**
 * No approver, no answer and an unknown answer are rejections.
 *
 * @throws {PendingApprovalError} when the answer is still to come
 */
async function askPerson(
  state: LoopState,
  { id, proposal }: PreparedCall,
  { seq, reason }: PolicyChecked,
): Promise<ApprovalResolved> {
  const { spec, env } = state;
  const bound_to = approvalBinding({
    run_id: spec.runId,
    policy_sha256: spec.policy.sha256,
    seq,
    call_sha256: proposal.call_sha256,
    tool: proposal.tool === undefined ? null : recordedTool(proposal.tool),
  });
  const request: ApprovalRequest = {
    run_id: spec.runId,
    call_id: id,
    tool: proposal.name,
    args: proposal.args.value ?? null,
    reason: reason ?? "",
    policy_version: spec.policy.version,
    bound_to,
  };
  const answered = await attempt(
    async () => await env.approver?.(request, env.signal),
    env.signal,
  );
  const answer = answered.ok ? answered.value : undefined;
  if (answer === PENDING) throw new PendingApprovalError(request);
  const named = typeof answer?.approver === "string";
  return {
    ...state.head(),
    type: "approval_resolved",
    call_id: id,
    approver: named ? answer.approver : NOBODY,
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
