import { type Answer, NOBODY } from "../../policy/answer.ts";
import type { Decision } from "../../policy/decide.ts";
import { type Address, type Facts, urlsOf } from "../../policy/facts.ts";
import { denialBudget } from "../../policy/rules/loop_budget.ts";
import type { Proposal } from "../../policy/rule.ts";
import { isAddress } from "../../policy/url_text.ts";
import { Redirect } from "../../tools/redirect.ts";
import { budgetDenied } from "./budget.ts";
import {
  approvalRequest,
  PENDING,
  PendingApprovalError,
} from "../approval/approval.ts";
import { approverNameFault } from "../approval/approver_name.ts";
import type { LoopState, RunEnd } from "./session_state.ts";
import { runTool } from "./tool_run.ts";
import { attempt } from "../attempt/attempt.ts";
import { DEFAULT_ATTEMPT_TIMEOUT_MS, inTime } from "./in_time.ts";
import { recordedFacts } from "../record/recorded_facts.ts";
import { recordedTool } from "../record/recorded_tool.ts";
import type {
  ApprovalResolved,
  PolicyChecked,
  ProposedCall,
  RecordedError,
  RunEvent,
} from "../record/event.ts";

/** A call with everything that is known of it before it is judged. */
interface PreparedCall {
  readonly id: string;
  readonly proposal: Proposal;
}

/** A call and the verdict on it. */
interface JudgedCall {
  readonly proposal: Proposal;
  readonly decision: Decision;
  /** Why its hosts may not be looked up, so that no attempt can succeed. */
  readonly refused: RecordedError | undefined;
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
    const judged = yield* judgement(state, { id, proposal: take() }, startedAt);
    if (judged === undefined) break;
    const { proposal, decision, refused } = judged;
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
      refused,
    });
    if (!(ended instanceof Redirect)) return ended;
    take = () => state.gate.redirect(proposal, ended.args);
  }
  return { reason: "cancelled", answer: null };
}

/**
 * Judges a call, and has a person answer what the policy leaves open. What its
 * hosts stand for is looked up after that, since a look-up already tells the name
 * of a host to others; with answer and addresses the call is judged again.
 * `undefined` when the run was cancelled meanwhile.
 */
async function* judgement(
  state: LoopState,
  { id, proposal: proposed }: PreparedCall,
  firstAt: string,
): AsyncGenerator<RunEvent, JudgedCall | undefined> {
  const { gate, env } = state;
  let decision = gate.judge(proposed);
  let startedAt = firstAt;
  let answer: Answer | undefined;
  if (decision.effect === "escalate") {
    const prepared = { id, proposal: proposed };
    const checked = policyChecked(state, prepared, { startedAt, decision });
    yield checked;
    const resolved = await askPerson(state, prepared, checked);
    yield resolved;
    if (env.signal.aborted) return undefined;
    startedAt = state.now();
    const { approver, verdict } = resolved;
    answer = { approver, verdict, asked: decision.asked };
    decision = gate.judge(proposed, answer);
  }
  const looked = decision.effect === "allow"
    ? await lookUpHosts(state, proposed)
    : NO_HOSTS;
  if (env.signal.aborted) return undefined;
  const { addresses, refused } = looked;
  const facts = { ...proposed.facts, addresses };
  const proposal = { ...proposed, facts };
  if (addresses.size > 0) decision = gate.judge(proposal, answer);
  yield policyChecked(state, { id, proposal }, { startedAt, decision });
  return { proposal, decision, refused };
}

/** What the hosts of a call stand for. */
interface LookedUp {
  readonly addresses: Facts["addresses"];
  /** Why one may not be looked up. */
  readonly refused: RecordedError | undefined;
}

const NO_HOSTS: LookedUp = { addresses: new Map(), refused: undefined };

/**
 * Looks up what the hosts of a call stand for, once nothing else denies it: the
 * name of a host that is not listed is told to nobody. Where the process has no
 * permission for it, nothing is known, and no attempt can succeed.
 */
async function lookUpHosts(
  state: LoopState,
  proposal: Proposal,
): Promise<LookedUp> {
  const urls = [...urlsOf(proposal).values()]
    .filter(({ hostname }) => !isAddress(hostname));
  if (urls.length === 0) return NO_HOSTS;
  const addresses = new Map<string, readonly Address[]>();
  let refused: RecordedError | undefined;
  for (const url of urls) {
    const found = await inTime(state, {
      ms: DEFAULT_ATTEMPT_TIMEOUT_MS,
      work: (signal) => state.env.resolve(url, signal),
      late: "unhandled",
    });
    if (!found.ok && found.error.kind === "permission_denied") {
      refused ??= found.error;
      continue;
    }
    const known = found.ok ? found.value : [];
    if (known !== undefined) addresses.set(url.hostname, known);
  }
  return { addresses, refused };
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
  const asked = decision.effect === "escalate" ? decision.asked : undefined;
  const facts = recordedFacts(proposal);
  const isVersion1 = asked === undefined && facts.args === undefined;
  return {
    ...state.head(),
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
  };
}

/**
 * No approver, no answer, an unknown answer and one in a name that nobody can have
 * are rejections.
 *
 * @throws {PendingApprovalError} when the answer is still to come
 */
async function askPerson(
  state: LoopState,
  { id, proposal }: PreparedCall,
  checked: PolicyChecked,
): Promise<ApprovalResolved> {
  const { spec, env } = state;
  const { tool, args } = proposal;
  const request = approvalRequest(
    {
      run_id: spec.runId,
      policy: spec.policy,
      tool: tool === undefined ? null : recordedTool(tool),
    },
    checked,
    args.value ?? null,
  );
  const answered = await attempt(
    async () => await env.approver?.(request, env.signal),
    env.signal,
  );
  const answer = answered.ok ? answered.value : undefined;
  if (answer === PENDING) throw new PendingApprovalError(request);
  const isNamed = typeof answer?.approver === "string" &&
    approverNameFault(answer.approver) === undefined;
  return {
    ...state.head(),
    type: "approval_resolved",
    call_id: id,
    approver: isNamed ? answer.approver : NOBODY,
    verdict: isNamed && answer.verdict === "approved" ? "approved" : "rejected",
    bound_to: request.bound_to,
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
