import { sha256Text } from "../../tools/data/sha256.ts";
import type { Json } from "../../tools/data/json.ts";
import type { JudgedPlace } from "../../tools/sandbox/judged_place.ts";
import type { AskedClause } from "../../policy/rule.ts";
import type {
  PolicyChecked,
  RecordedFacts,
  RecordedTool,
  RunStarted,
} from "../record/event.ts";

/** What a person must see to answer an escalation. */
export interface ApprovalRequest {
  /** The run that waits, as in `RunSpec.runId`. */
  readonly run_id: string;
  /** The model's id for the call, as in the event `policy_checked`. */
  readonly call_id: string;
  /** Name of the tool that would run. */
  readonly tool: string;
  /** The validated arguments, exactly as the tool would get them. */
  readonly args: Json;
  /** Why the policy does not decide alone. */
  readonly reason: string;
  /** Every entry of the policy that asks; an approval lifts these and no other. */
  readonly asked: readonly AskedClause[];
  /** Where the paths of the call lead; the tool can touch no other place. */
  readonly places: readonly JudgedPlace[];
  /** First 12 hex digits of the SHA-256 of the policy's text. */
  readonly policy_version: string;
  /** SHA-256 over what is asked, 64 hex digits; see `approvalBinding`. */
  readonly bound_to: string;
}

/** A person's answer. Anything but `approved` by a named approver is a rejection. */
export interface ApprovalAnswer {
  /** Who answered, recorded as it is given. */
  readonly approver: string;
  /** The call is judged again with it. `approved`: it may run. `rejected`: it is denied. */
  readonly verdict: "approved" | "rejected";
}

/**
 * Asks a person. A rejected promise counts as a rejection. `signal` aborts when
 * the run is cancelled; an answer that comes later does not count.
 */
export type Approver = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => Promise<ApprovalAnswer | typeof PENDING>;

/** There is no answer yet: the run stops, and is resumed when there is one. */
export const PENDING = "pending";

/** Thrown out of a run that waits for a person; what is on record can be resumed. */
export class PendingApprovalError extends Error {
  /** Tells the error apart. */
  override readonly name = "PendingApprovalError";
  /** What somebody has to answer. */
  readonly request: ApprovalRequest;

  /** Names the call that waits. */
  constructor(request: ApprovalRequest) {
    super(`The call of "${request.tool}" waits for approval`);
    this.request = request;
  }
}

/** What an approval is good for: this one, and nothing else. */
export interface ApprovalSubject {
  readonly run_id: string;
  readonly policy_sha256: string;
  /** Number of the event with the verdict `escalate`. */
  readonly seq: number;
  /** Tool and canonical arguments, as `policy_checked` names them. */
  readonly call_sha256: string | null;
  /** The tool as recorded; `null` when the run does not have it. */
  readonly tool: RecordedTool | null;
  /** What is asked about. */
  readonly asked: readonly AskedClause[];
  /** Where the paths of the call lead. */
  readonly places: readonly JudgedPlace[];
}

/**
 * Names one call of one run under one policy, with what is asked about and the
 * places that it may touch, so that an answer fits no other.
 */
export function approvalBinding(subject: ApprovalSubject): string {
  const { run_id, policy_sha256, seq, call_sha256, tool } = subject;
  const { asked, places } = subject;
  return sha256Text(JSON.stringify([
    run_id,
    policy_sha256,
    seq,
    call_sha256,
    tool,
    asked,
    places,
  ]));
}

/** The run that asks, as far as a question names it. */
export interface AskingRun {
  readonly run_id: string;
  /** Its SHA-256, and the first 12 hex digits of it. */
  readonly policy: { readonly sha256: string; readonly version: string };
  /** The tool as recorded; `null` when the run does not have it. */
  readonly tool: RecordedTool | null;
}

/** The run that asked about a decision, from what is on record. */
export function askingRun(
  { run_id, policy, tools }: RunStarted,
  asked: PolicyChecked,
): AskingRun {
  const tool = tools.find(({ name }) => name === asked.tool) ?? null;
  return { run_id, policy, tool };
}

/** What an answer to a decision must be bound to, from what is on record. */
export function bindingOf(
  { run_id, policy, tool }: AskingRun,
  { seq, call_sha256, asked = [], facts }: PolicyChecked,
): string {
  return approvalBinding({
    run_id,
    policy_sha256: policy.sha256,
    seq,
    call_sha256,
    tool,
    asked,
    places: placesOf(facts),
  });
}

/** Makes the question that a decision leaves to a person; `args` are those of the call. */
export function approvalRequest(
  run: AskingRun,
  checked: PolicyChecked,
  args: Json,
): ApprovalRequest {
  return {
    run_id: run.run_id,
    call_id: checked.call_id ?? "",
    tool: checked.tool ?? "",
    args,
    reason: checked.reason ?? "",
    asked: checked.asked ?? [],
    places: placesOf(checked.facts),
    policy_version: run.policy.version,
    bound_to: bindingOf(run, checked),
  };
}

function placesOf(facts: RecordedFacts | null): readonly JudgedPlace[] {
  const paths = facts?.paths ?? [];
  return paths.map(({ path, resolved }) => ({ path, resolved }));
}
