import type { WrittenApproval } from "../evidence/approval_file.ts";
import { pendingApproval } from "../evidence/pending_approval.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { loadPolicy } from "../policy/load.ts";
import type { RunEvent } from "../runtime/event.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { approverName } from "./approver_name.ts";
import { describeRequest } from "./describe_request.ts";
import { readRecord } from "./record.ts";
import {
  verdictOf,
  writeApproval,
  type Written,
  writtenApproval,
} from "./written_approval.ts";

/** What was answered already. */
function answersTo(
  directory: string,
  [started]: readonly RunEvent[],
  bound_to: string,
): Written | undefined {
  if (started?.type !== "run_started") return undefined;
  const policy = loadPolicy(started.policy.text, "the policy on record");
  return writtenApproval({ policy, out: directory }, bound_to);
}

function described(answer: WrittenApproval, directory: string): string {
  const verdict = verdictOf(answer);
  return `it was ${verdict} by ${answer.approver}; \`resume ${
    terminalLine(directory)
  }\` goes on`;
}

const VERDICTS = new Map([["approve", "approved"], ["reject", "rejected"]]);

/** `approvals`: see what a run waits for, and answer it. */
export const approvals: Command = {
  summary: "see what a run waits for, and answer it",
  help: `Usage: approvals list RUN_DIR [--json]
       approvals approve RUN_DIR --by NAME
       approvals reject RUN_DIR --by NAME

A run with --approve file stops where its policy wants a person to decide.
\`list\` shows the call, \`approve\` and \`reject\` write an answer to
approvals.jsonl beside the record, and \`resume\` goes on with it. An answer is
good for this call, its arguments, the definition of its tool and the policy, for
a limited time (approval.expires_seconds), and cannot be taken back. \`list\` and
\`resume\` say on standard error which lines of the file they pass over: an answer
to this call that has expired or lies in the future, and what cannot be read.

  --by NAME  who answers; it is recorded, so a name is refused that has anything
             in it that cannot be seen, or that looks like "none"
  --json     print the request as JSON

Exit codes: 0 done, 3 (list) the run waits for an answer, 1 it does not, has one,
or cannot be read.
`,
  run(args, output) {
    const given = parseCommandLine(args, {
      options: ["by"],
      flags: ["json"],
      operands: ["list|approve|reject", "RUN_DIR"],
    });
    const [verb, directory] = [given.operand(0), given.operand(1)];
    const [by, json] = [given.option("by"), given.flag("json")];
    const isList = verb === "list";
    if (isList && by !== undefined) {
      throw new UsageError("Cannot use --by with approvals list");
    }
    if (!isList && json) {
      throw new UsageError(`Cannot use --json with approvals ${verb}`);
    }
    const record = readRecord(directory).events;
    const request = pendingApproval(record);
    const written = request && answersTo(directory, record, request.bound_to);
    const answered = written?.approval;
    if (isList) {
      written?.notes.forEach((note) => output.note(note));
      if (answered !== undefined) {
        if (json) output.json(answered);
        else output.data(described(answered, directory));
        return EXIT.ok;
      }
      if (request === undefined) {
        if (json) output.json(null);
        else output.data("nothing waits for approval");
        return EXIT.ok;
      }
      if (json) output.json(request);
      else output.data(describeRequest(request));
      return EXIT.waiting;
    }
    const verdict = VERDICTS.get(verb);
    if (verdict === undefined) {
      throw new UsageError(
        `Cannot understand "${verb}": expected list, approve or reject`,
      );
    }
    if (by === undefined) throw new UsageError("--by is missing");
    const approver = approverName(by);
    if (request === undefined) {
      throw new UsageError(`Cannot ${verb}: "${directory}" does not wait`);
    }
    if (answered !== undefined) {
      throw new UsageError(`Cannot ${verb}: ${described(answered, directory)}`);
    }
    writeApproval(directory, {
      v: 1,
      timestamp: new Date().toISOString(),
      bound_to: request.bound_to,
      approver,
      verdict,
    });
    const place = terminalLine(directory);
    output.data(`${verdict} by ${approver}; \`resume ${place}\` goes on`);
    return EXIT.ok;
  },
};
