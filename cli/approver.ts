import { join } from "../deps.ts";
import {
  APPROVALS,
  findApproval,
  type WrittenApproval,
} from "../evidence/approval_file.ts";
import type { Policy } from "../policy/load.ts";
import { type Approver, PENDING } from "../runtime/approval.ts";
import { approverName } from "./approver_name.ts";
import { type Output, UsageError } from "./command.ts";
import { terminalApprover } from "./terminal_approver.ts";

/** How long an answer counts when the policy does not say, in seconds. */
const DEFAULT_EXPIRES_SECONDS = 86_400;

/** What an approver needs to know. */
export interface ApproverOptions {
  readonly policy: Policy;
  /** The run directory. */
  readonly out: string;
  /** Who answers at the terminal, as `--by` names them. Default: the terminal asks. */
  readonly by?: string | undefined;
  readonly output: Output;
}

/**
 * Makes what `--approve` names: `never` asks nobody, `prompt` asks at the
 * terminal, `file` looks for an answer beside the record.
 *
 * @throws {UsageError} when it is none of these, there is no terminal, or a name
 *   is given that nobody asks for or that cannot be recorded
 */
export function approverFor(
  way: string,
  options: ApproverOptions,
): Approver | undefined {
  const by = options.by === undefined ? undefined : approverName(options.by);
  if (by !== undefined && way !== "prompt") {
    throw new UsageError("Cannot use --by without --approve prompt");
  }
  switch (way) {
    case "never":
      return undefined;
    case "file":
      return fileApprover(options);
    case "prompt":
      if (Deno.stdin.isTerminal()) return atTerminal(options.output, by);
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

function atTerminal(output: Output, by: string | undefined): Approver {
  const note = (text: string) => output.note(text);
  return terminalApprover({ prompt, confirm, note }, by);
}
