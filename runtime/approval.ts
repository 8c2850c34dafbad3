import { hash } from "node:crypto";
import type { Json } from "../tools/json.ts";

/** What a person must see to answer an escalation. */
export interface ApprovalRequest {
  readonly run_id: string;
  readonly call_id: string;
  readonly tool: string;
  readonly args: Json;
  /** Why the policy does not decide alone. */
  readonly reason: string;
  readonly policy_version: string;
  /** SHA-256 over run, call, tool, canonical arguments and policy. */
  readonly bound_to: string;
}

/** A person's answer. Whatever is not `approved` is a rejection. */
export interface ApprovalAnswer {
  readonly approver: string;
  readonly verdict: "approved" | "rejected";
}

/** Asks a person. */
export type Approver = (
  request: ApprovalRequest,
  signal: AbortSignal,
) => Promise<ApprovalAnswer>;

/** Names exactly one call of one run under one policy, so that an answer fits no other. */
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
