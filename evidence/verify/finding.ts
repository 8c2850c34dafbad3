/** One kind of problem that `verify` can find. */
export interface FindingKind {
  /** Stable snake_case name; scripts may rely on it. */
  readonly code: string;
  /** What was found, for people. */
  readonly meaning: string;
  /** What is proven when it is not found. */
  readonly otherwise: string;
}

/**
 * Everything that `verify` can find, in the order of its checks: files, bytes of
 * the ledger, its events, the files derived from it, and values kept elsewhere.
 */
export const FINDINGS = [
  {
    code: "run_unfinished",
    meaning: "There is no manifest, so the run did not finish",
    otherwise: "The run wrote its manifest, which it does last",
  },
  {
    code: "file_missing",
    meaning: "A file that every finished run has is missing",
    otherwise: "All four artifacts are there",
  },
  {
    code: "file_unexpected",
    meaning: "There is a file that a run does not write",
    otherwise: "The record accounts for every file beside it",
  },
  {
    code: "not_a_file",
    meaning:
      "A file is in fact a link, a folder, a device or a file with a second name, or a folder is in fact a file",
    otherwise: "Everything that was read is in the directory itself",
  },
  {
    code: "file_too_large",
    meaning:
      "A file is larger than any that a run writes under its name; it is not read",
    otherwise: "Every file was read, but for what follows `line_too_long`",
  },
  {
    code: "line_torn",
    meaning: "The last line of the ledger has no end",
    otherwise: "The last line was written as a whole",
  },
  {
    code: "line_too_long",
    meaning:
      "A line of the ledger is longer than any that a run writes; its end and what follows are not read",
    otherwise: "Every line was checked",
  },
  {
    code: "line_unsealed",
    meaning: "A line does not end with `prev` and `hash`",
    otherwise: "Every line carries its seal",
  },
  {
    code: "wrong_hash",
    meaning: "The hash of a line is not that of its bytes",
    otherwise: "No line was changed without recomputing its hash",
  },
  {
    code: "chain_broken",
    meaning: "A line does not name the line before it",
    otherwise:
      "No line before the last was dropped, inserted, repeated or moved without recomputing all later hashes",
  },
  {
    code: "not_utf8",
    meaning: "A line is not UTF-8 text",
    otherwise: "Every reader sees the same characters",
  },
  {
    code: "not_an_event",
    meaning: "A line is not JSON, or not an event of the schema",
    otherwise:
      "Every line is one of the ten events, with all keys and no other",
  },
  {
    code: "not_as_written",
    meaning:
      "A line is an event, but not in the spelling of the program: spaces, key order, escapes, a key twice",
    otherwise: "Every JSON reader reads the same in a line",
  },
  {
    code: "wrong_seq",
    meaning: "The number of an event does not follow the one before",
    otherwise: "The events are numbered from 0 without a gap",
  },
  {
    code: "wrong_head",
    meaning: "The last line's hash is not the one that was kept elsewhere",
    otherwise:
      "With `--head`: this is the whole ledger whose hash was kept, to the last byte",
  },
  {
    code: "event_order",
    meaning: "An event is at a place where a run cannot have it",
    otherwise: "The events have the order of those of a run",
  },
  {
    code: "line_after_end",
    meaning: "A line follows the end of the run",
    otherwise: "Nothing was added after `run_finished`",
  },
  {
    code: "run_incomplete",
    meaning: "There is a manifest, but the ledger ends before the run does",
    otherwise: "The last line is `run_finished`",
  },
  {
    code: "wrong_input_hash",
    meaning: "The recorded text of task or policy does not have its hash",
    otherwise:
      "The texts of task and policy are those whose hashes are recorded",
  },
  {
    code: "not_in_task",
    meaning: "The question or the id is not that of the recorded task",
    otherwise: "The question is the one in the text of the task",
  },
  {
    code: "undecidable",
    meaning:
      "The recorded policy or tools cannot be loaded, so no decision can be made again",
    otherwise:
      "The recorded policy is valid, and its decisions were made again",
  },
  {
    code: "other_tool",
    meaning:
      "A tool of this program is on record with other effects than it has, or did what it cannot do",
    otherwise: "The tools of this program are on record as they are",
  },
  {
    code: "wrong_time",
    meaning: "The clock of the run goes back",
    otherwise: "The times of the events follow each other",
  },
  {
    code: "not_an_output",
    meaning:
      "The model's output is one that the loop does not accept, or does not follow from its tries",
    otherwise: "Each answer of the model has a form that the loop accepts",
  },
  {
    code: "not_proposed",
    meaning:
      "A call was judged that the model did not propose, or not at that point",
    otherwise:
      "Each judged call is, by id and tool, what the model proposed next, or where the tool was redirected",
  },
  {
    code: "not_allowed",
    meaning: "A tool ran without a decision that allowed exactly this call",
    otherwise:
      "Each tool ran after one `allow` of its own, on the same tool and the same arguments",
  },
  {
    code: "impossible_fact",
    meaning: "What was looked up about a call contradicts the call, or itself",
    otherwise:
      "Paths and addresses on record are those that the call names, and can be true",
  },
  {
    code: "not_as_decided",
    meaning:
      "Policy, call and facts on record give another decision, or one that is missing",
    otherwise: "Exactly these decisions follow from what is on record",
  },
  {
    code: "wrong_attempt",
    meaning: "An attempt did not end, or wait, as policy and seed say",
    otherwise:
      "Attempts were repeated as often, and as late, as the policy says",
  },
  {
    code: "unknown_approver",
    meaning:
      "An approval has no name of an approver, or one that cannot be recorded",
    otherwise: "Every approver has a name",
  },
  {
    code: "other_approval",
    meaning: "A person approved another call than the one that ran",
    otherwise: "What a person approved is what ran",
  },
  {
    code: "not_as_answered",
    meaning:
      "The judgement of a call differs from the person's answer, or names a person who did not answer",
    otherwise:
      "What a person rejected is denied with that answer, and nothing else is denied by `approval`",
  },
  {
    code: "wrong_idempotency_key",
    meaning:
      "The idempotency key is not that of the run, line, tool and arguments",
    otherwise: "Each key belongs to one line of one run",
  },
  {
    code: "no_receipt",
    meaning: "A tool was started, and its end is not on record",
    otherwise:
      "Each started call has its receipt, or the error type `indeterminate`",
  },
  {
    code: "wrong_outcome",
    meaning:
      "Failure mode, terminal reason or answer do not follow from the events",
    otherwise: "The run ended as it says",
  },
  {
    code: "wrong_totals",
    meaning: "The totals of the run are not the numbers of its events",
    otherwise: "The totals are right",
  },
  {
    code: "differs",
    meaning: "A file is not what the ledger makes it",
    otherwise:
      "Trace, report and manifest say what the ledger says, byte for byte",
  },
  {
    code: "policy_unread",
    meaning:
      "The policy may redact the report, or limit the cost or how long an answer counts, and nothing was given that reads policies",
    otherwise: "What the policy says of report, cost and answers was read",
  },
  {
    code: "volatile_form",
    meaning:
      "`timestamp`, `wall_clock_seconds`, `git_sha` or the program's `version` is not of the form that the program writes",
    otherwise:
      "Values that the ledger cannot tell have the right form; whether they are true is unknown",
  },
  {
    code: "not_a_manifest",
    meaning:
      "The manifest cannot be read, and the ledger cannot tell what it should be",
    otherwise: "The manifest states the hashes of the other artifacts",
  },
  {
    code: "wrong_digest",
    meaning:
      "A file does not have the hash that the manifest states; looked at only when the ledger is broken",
    otherwise: "With a broken ledger: trace and report match the manifest",
  },
  {
    code: "not_an_incident",
    meaning: "A line of incidents.jsonl is not a JSON object",
    otherwise: "Incidents can be read; whether they are true is unknown",
  },
  {
    code: "not_an_answer",
    meaning: "A line of approvals.jsonl cannot be read as an answer",
    otherwise: "Answers in approvals.jsonl can be read",
  },
  {
    code: "other_answer",
    meaning:
      "approvals.jsonl has another answer to a decision than the one on record",
    otherwise:
      "Where approvals.jsonl answers a decision that was answered, name and verdict are those on record",
  },
  {
    code: "answer_to_nothing",
    meaning: "A line of approvals.jsonl does not answer a decision of this run",
    otherwise: "Each answer is bound to a decision of this run",
  },
  {
    code: "other_content",
    meaning:
      "A file in the sandbox is not what the last recorded write of its path left there",
    otherwise: "With a sandbox: files have the content that `write` wrote last",
  },
  {
    code: "other_documents",
    meaning:
      "The documents in the sandbox are not those of the run, and no recorded call wrote to them",
    otherwise:
      "With a sandbox whose corpus was not written to: its documents are those of the run",
  },
  {
    code: "other_policy",
    meaning: "The run was judged by another policy than the one given",
    otherwise: "With `--policy`: the recorded text is that of the file",
  },
  {
    code: "other_task",
    meaning: "The run had another task than the one given",
    otherwise: "With `--task`: the recorded text is that of the file",
  },
  {
    code: "other_script",
    meaning: "The model followed another script than that of the task",
    otherwise: "With `--task`: the model's script is that of the file",
  },
  {
    code: "other_corpus",
    meaning: "The run was given other documents than those in the folder",
    otherwise: "With `--corpus`: the documents are those of the folder",
  },
] as const satisfies readonly FindingKind[];

/** The code of a kind of finding. */
export type FindingCode = typeof FINDINGS[number]["code"];

/** One thing that is wrong with a run directory. */
export interface Finding {
  /** What it is, as in `FINDINGS`. */
  readonly code: FindingCode;
  /** Name of the file, below the run directory. */
  readonly artifact: string;
  /** Line of the file, from 1. */
  readonly line?: number | undefined;
  /** Id of its span in the trace, 16 hex digits. */
  readonly span?: string | undefined;
  /** What is wrong, one sentence for people. */
  readonly message: string;
}
