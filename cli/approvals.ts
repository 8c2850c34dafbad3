import {
  verdictOf,
  type WrittenApproval,
} from "../evidence/approval/approval_file.ts";
import { pendingApproval } from "../evidence/approval/pending_approval.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { unusable } from "../tools/data/input_error.ts";
import { choice } from "./command/choice.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { loadPolicy } from "../policy/document/load.ts";
import type { RunStarted } from "../runtime/record/event.ts";
import { approverName } from "./approval/approver_name.ts";
import { describeRequest } from "./approval/describe_request.ts";
import { resumeHint } from "./execution/resume_hint.ts";
import { checkSchema } from "../evidence/store/postgres/schema.ts";
import { withDatabaseTrouble } from "./fleet/database_trouble.ts";
import { DATABASE_OPTION, openDatabase } from "./fleet/open_database.ts";
import { readStore } from "./fleet/read_store.ts";
import { runStore } from "./machine/run_store.ts";
import {
  answer,
  type ApprovalPlace,
  writtenApproval,
} from "./approval/written_approval.ts";

/** Where the answers of a run are; its policy says how long they count. */
function placeOf(
  run: RunRecord,
  started: RunStarted,
): ApprovalPlace {
  const policy = loadPolicy(started.policy.text, "the policy on record");
  return { policy, run };
}

function described(given: WrittenApproval, next: string): string {
  return `it was ${verdictOf(given)} by ${given.approver}; ${next}`;
}

/** A person must see what the policy really asks, so the record is verified first. */
async function refuseForged(run: RunRecord): Promise<void> {
  const { findings } = verifyRun(await run.source());
  const found = findings.find(({ artifact }) => artifact === "state.jsonl");
  if (found === undefined) return;
  const { line, code, message } = found;
  throw unusable(
    run.place("state.jsonl"),
    `${code}: ${message}; do not answer on this record`,
    { line },
  );
}

const VERDICTS = { approve: "approved", reject: "rejected" } as const;

/** `approvals`: see what a run waits for, and answer it. */
export const approvals: Command = {
  summary: "see what a run waits for, and answer it",
  help: `Usage: approvals list RUN_DIR [--json]
       approvals approve RUN_DIR --by NAME
       approvals reject RUN_DIR --by NAME
       approvals list|approve|reject RUN_ID --db URL [...]

A run with --approve file stops where its policy wants a person to decide.
\`list\` shows the call, \`approve\` and \`reject\` write an answer to
approvals.jsonl beside the record, and \`resume\` continues the run with it. A run
that was begun by a program that uses this one as a library must be resumed by
that program. An answer is valid for this call, its arguments, the definition of
its tool and the policy, for a limited time (approval.expires_seconds). It cannot
be taken back: the first answer counts. \`list\` and \`resume\` report on standard
error which lines of the file they ignore: later answers to this call, answers
that have expired or are from the future, and unreadable lines.

  --by NAME  who answers; it is recorded, so a name with invisible characters, or
             one that looks like "none", is refused
  --json     print the request as JSON
  --db URL   the run is one of a database: postgres://USER:PASSWORD@HOST:PORT/NAME, or
             env for the variable DATABASE_URL; a worker goes on with it

Exit codes: 0 done, 3 (list) the run waits for an answer, 1 it does not wait, has
an answer, or cannot be read.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["by", DATABASE_OPTION],
      flags: ["json"],
      operands: ["list|approve|reject", "RUN_DIR"],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: ["list", "approve", "reject"],
    });
    const asked = { verb, given, output };
    if (given.option(DATABASE_OPTION) === undefined) {
      const run = runStore.run(given.operand(1));
      return await answered(run, asked);
    }
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given);
      await checkSchema(database);
      const run = readStore(database).run(given.operand(1));
      return await answered(run, {
        ...asked,
        next: "a worker goes on with it",
      });
    });
  },
};

/** Shows or answers what a run waits for; returns the exit code. */
async function answered(
  run: RunRecord,
  { verb, given, output, next: goesOn }: {
    readonly verb: "list" | "approve" | "reject";
    readonly given: CommandLine;
    readonly output: Output;
    /** Says how the run goes on. Default: with a command. */
    readonly next?: string;
  },
): Promise<number> {
  const json = given.flag("json");
  if (verb === "list" && given.option("by") !== undefined) {
    throw new UsageError("Cannot use --by with approvals list");
  }
  if (verb !== "list" && json) {
    throw new UsageError(`Cannot use --json with approvals ${verb}`);
  }
  const record = await run.ledger();
  const request = pendingApproval(record);
  if (request !== undefined) await refuseForged(run);
  const place = placeOf(run, record.started);
  const next = () => goesOn ?? resumeHint(run.name, record.started);
  if (verb === "list") {
    const written = request &&
      await writtenApproval(place, request.bound_to);
    const answered = written?.approval;
    written?.notes.forEach((note) => output.note(note));
    if (answered !== undefined) {
      if (json) output.json(answered);
      else output.data(described(answered, next()));
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
  const verdict = VERDICTS[verb];
  const approver = approverName(given.required("by"));
  if (request === undefined) {
    throw new UsageError(`Cannot ${verb}: "${run.name}" does not wait`);
  }
  const { bound_to } = request;
  const goOn = next();
  const before = await answer(place, { bound_to, approver, verdict });
  if (before !== undefined) {
    throw new UsageError(`Cannot ${verb}: ${described(before, goOn)}`);
  }
  output.data(`${verdict} by ${approver}; ${goOn}`);
  return EXIT.ok;
}
