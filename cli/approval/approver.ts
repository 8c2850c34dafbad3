import { verdictOf } from "../../evidence/approval/approval_file.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { InputError } from "../../tools/data/input_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import { type Approver, PENDING } from "../../runtime/approval/approval.ts";
import { choice } from "../command/choice.ts";
import { approverName } from "./approver_name.ts";
import { type Output, UsageError } from "../command/command.ts";
import { describeRequest } from "./describe_request.ts";
import { processTerminal } from "./terminal.ts";
import { terminalApprover } from "./terminal_approver.ts";
import { type Written, writtenApproval } from "./written_approval.ts";

/** What an approver needs to know. */
export interface ApproverOptions {
  readonly policy: Policy;
  /** Answers are looked for beside its record. */
  readonly run: RunRecord;
  /** Who answers at the terminal, as `--by` names them. Default: the terminal asks. */
  readonly by?: string | undefined;
  readonly output: Output;
  /** The time by which answers count, in milliseconds since the epoch. Default: that of this machine. */
  readonly now?: (() => number) | undefined;
}

/**
 * Makes the approver that `--approve` names: `never` rejects, `prompt` asks at
 * the terminal, `file` looks for an answer beside the record.
 *
 * @throws {UsageError} when the word is unknown, there is no terminal, or the
 *   given name is not needed or cannot be recorded
 */
export function approverFor(
  way: string,
  options: ApproverOptions,
): Approver | undefined {
  const by = options.by === undefined ? undefined : approverName(options.by);
  if (by !== undefined && way !== "prompt") {
    throw new UsageError("Cannot use --by without --approve prompt");
  }
  const ways = ["never", "prompt", "file"] as const;
  switch (choice(way, { where: "Cannot use --approve", of: ways })) {
    case "never":
      return undefined;
    case "file":
      return fileApprover(options);
    case "prompt":
      if (Deno.stdin.isTerminal()) {
        return terminalApprover(processTerminal(options.output), by);
      }
      throw new UsageError("Cannot use --approve prompt: there is no terminal");
  }
}

/** Looks for an answer beside the record of the run; without one the run waits. */
export function fileApprover(
  options: Omit<ApproverOptions, "by">,
): Approver {
  const told = new Set<string>();
  return async (request) => {
    const { approval, notes } = await answersWritten(options, request.bound_to);
    for (const note of notes.filter((each) => !told.has(each))) {
      options.output.note(note);
      told.add(note);
    }
    if (approval === undefined) {
      if (!told.has(request.bound_to)) {
        options.output.note(describeRequest(request));
        told.add(request.bound_to);
      }
      return PENDING;
    }
    const { approver } = approval;
    return { approver, verdict: verdictOf(approval) };
  };
}

/** A file that cannot be read has no answer. */
async function answersWritten(
  options: Parameters<typeof fileApprover>[0],
  bound_to: string,
): Promise<Written> {
  try {
    return await writtenApproval(options, bound_to);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { approval: undefined, notes: [error.message] };
  }
}
