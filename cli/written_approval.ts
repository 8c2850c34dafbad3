import { join } from "../deps.ts";
import {
  APPROVALS,
  findApproval,
  type PassedOver,
  type WrittenApproval,
} from "../evidence/approval_file.ts";
import { InputError } from "../policy/input_error.ts";
import type { Policy } from "../policy/load.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { textIfThere, whyUnwritable } from "./files.ts";

/** How long an answer counts when the policy does not say, in seconds. */
const DEFAULT_EXPIRES_SECONDS = 86_400;

/** What is written beside the record about one decision. */
export interface Written {
  /** The answer that counts; `undefined` when there is none. */
  readonly approval: WrittenApproval | undefined;
  /** What was passed over and why, a line each, for people. */
  readonly notes: readonly string[];
}

/** How an answer counts: an unknown word is a rejection. */
export function verdictOf(
  { verdict }: WrittenApproval,
): "approved" | "rejected" {
  return verdict === "approved" ? verdict : "rejected";
}

/** Looks in the run directory `out` for the answer to a decision. */
export function writtenApproval(
  { policy, out }: { readonly policy: Policy; readonly out: string },
  bound_to: string,
): Written {
  const { expires_seconds = DEFAULT_EXPIRES_SECONDS } =
    policy.document.approval ?? {};
  const path = join(out, APPROVALS);
  const { approval, passedOver } = findApproval(textIfThere(path) ?? "", {
    bound_to,
    now: Date.now(),
    expires_seconds,
  });
  const notes = passedOver.map((each) =>
    `${terminalLine(path)}:${each.line}: ${
      whyPassedOver(each, expires_seconds)
    }`
  );
  return { approval, notes };
}

/**
 * Writes an answer down, on a line of its own also where the last one was torn off.
 *
 * @throws {InputError} when it cannot be written
 */
export function writeApproval(out: string, answer: WrittenApproval): void {
  const path = join(out, APPROVALS);
  const isTorn = !/(^|\n)$/.test(textIfThere(path) ?? "");
  try {
    const line = `${isTorn ? "\n" : ""}${JSON.stringify(answer)}\n`;
    Deno.writeTextFileSync(path, line, { append: true });
  } catch (cause) {
    throw new InputError(path, [{
      path: "",
      message: `cannot write the answer there: ${whyUnwritable(cause)}`,
    }], { cause });
  }
}

function whyPassedOver(each: PassedOver, expiresSeconds: number): string {
  if (each.why === "unreadable") {
    return "the line cannot be read, so it answers nothing";
  }
  const { approver, timestamp } = each.approval;
  const what = `the ${
    verdictOf(each.approval) === "approved" ? "approval" : "rejection"
  } by ${approver}`;
  return each.why === "expired"
    ? `${what} has expired; it counted for ${expiresSeconds} s`
    : `${what} lies in the future, at ${timestamp}`;
}
