import { join } from "../deps.ts";
import {
  APPROVALS,
  findApproval,
  type WrittenApproval,
} from "../evidence/approval_file.ts";
import type { Policy } from "../policy/load.ts";
import {
  type ApprovalRequest,
  type Approver,
  PENDING,
} from "../runtime/approval.ts";
import { type Output, UsageError } from "./command.ts";
import { escaped } from "../runtime/escaped.ts";

/** How long an answer counts when the policy does not say, in seconds. */
const DEFAULT_EXPIRES_SECONDS = 86_400;

/** What an approver needs to know. */
export interface ApproverOptions {
  readonly policy: Policy;
  /** The run directory. */
  readonly out: string;
  readonly output: Output;
}

/**
 * Makes what `--approve` names: `never` asks nobody, `prompt` asks at the
 * terminal, `file` looks for an answer beside the record.
 *
 * @throws {UsageError} when it is none of these, or there is no terminal
 */
export function approverFor(
  way: string,
  options: ApproverOptions,
): Approver | undefined {
  switch (way) {
    case "never":
      return undefined;
    case "file":
      return fileApprover(options);
    case "prompt":
      if (Deno.stdin.isTerminal()) return terminalApprover(options);
      throw new UsageError("Cannot use --approve prompt: there is no terminal");
  }
  throw new UsageError(
    `Cannot use --approve "${way}": expected never, prompt or file`,
  );
}

function fileApprover(options: ApproverOptions): Approver {
  // deno-lint-ignore require-await
  return async ({ bound_to }) => {
    const found = writtenApproval(options, bound_to);
    if (found === undefined) return PENDING;
    const { approver } = found;
    const verdict = found.verdict === "approved" ? "approved" : "rejected";
    return { approver, verdict };
  };
}

/** The answer to a decision that was written down beside the record and still counts. */
export function writtenApproval(
  { policy, out }: Pick<ApproverOptions, "policy" | "out">,
  bound_to: string,
): WrittenApproval | undefined {
  const { expires_seconds = DEFAULT_EXPIRES_SECONDS } =
    policy.document.approval ?? {};
  const now = Date.now();
  const text = textOf(join(out, APPROVALS));
  return findApproval(text, { bound_to, now, expires_seconds });
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function terminalApprover({ output }: ApproverOptions): Approver {
  // deno-lint-ignore require-await
  return async (request) => {
    output.note(describeRequest(request));
    const approved = confirm("Approve?");
    return {
      approver: "terminal",
      verdict: approved ? "approved" : "rejected",
    };
  };
}

/** What a person must see to answer, a line each, with nothing in it that moves a cursor. */
export function describeRequest(
  { tool, args, reason, policy_version }: ApprovalRequest,
): string {
  const shown = escaped(JSON.stringify(args));
  return [
    `The policy ${policy_version} leaves a call to you: ${reason}`,
    `  tool:      ${tool}`,
    `  arguments: ${shown}`,
  ].join("\n");
}
