import { hash } from "node:crypto";
import type { Json } from "../tools/json.ts";

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
  /** First 12 hex digits of the SHA-256 of the policy's text. */
  readonly policy_version: string;
  /** SHA-256 over run, call, tool, canonical arguments and policy, 64 hex digits. */
  readonly bound_to: string;
}

/** A person's answer. Whatever is not `approved`, or names no approver, is a rejection. */
export interface ApprovalAnswer {
  /** Who answered, recorded as it is given. */
  readonly approver: string;
  /** `approved`: the call is judged again, and may run. `rejected`: it counts as denied. */
  readonly verdict: "approved" | "rejected";
}

/**
 * Asks a person. A rejected promise counts as a rejection; `signal` aborts when
 * the run is cancelled. No rule of policy version 1 escalates, so `agentLoop`
 * has nothing to ask yet.
 */
export type Approver = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => Promise<ApprovalAnswer>;

/**
 * Names one call of one run under one policy, so that an answer fits no other,
 * as long as the model gives no two calls the same id.
 */
export function approvalBinding(
  run: { readonly runId: string; readonly policySha256: string },
  call: {
    readonly id: string;
    readonly tool: string;
    readonly canonicalArgs: string;
  },
): string {
  return hash(
    "sha256",
    JSON.stringify([
      run.runId,
      call.id,
      call.tool,
      call.canonicalArgs,
      run.policySha256,
    ]),
  );
}
