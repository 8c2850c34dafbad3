/** One thing that `verify` can find. */
export interface FindingKind {
  /** Stable snake_case name; scripts may rely on it. */
  readonly code: string;
  /** What was found, for people. */
  readonly meaning: string;
  /** What is known when it is not found. */
  readonly otherwise: string;
}

/**
 * Everything that `verify` can find, in the order in which it looks: files,
 * bytes of the ledger, the story that it tells, what is made of it, and what
 * was kept elsewhere.
 */
export const FINDINGS = [
  {
    code: "run_unfinished",
    meaning: "There is no manifest, so the run did not finish",
    otherwise: "The run wrote its manifest, which it does last",
  },
  {
    code: "file_missing",
    meaning: "A file that every finished run has is not there",
    otherwise: "All four artifacts are there",
  },
  {
    code: "file_unexpected",
    meaning: "A file is there that no run writes",
    otherwise: "Nothing stands beside the record that it does not account for",
  },
  {
    code: "not_a_file",
    meaning:
      "A link, a folder or a device stands where a file belongs, a file that has another name elsewhere, or a file where a folder belongs",
    otherwise: "What was read lies in the directory itself",
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
      "A line of the ledger is longer than any that a run writes; neither its end nor what follows is read",
    otherwise: "Every line was looked at",
  },
  {
    code: "line_unsealed",
    meaning: "A line does not end with `prev` and `hash`",
    otherwise: "Every line carries its seal",
  },
  {
    code: "wrong_hash",
    meaning: "The bytes of a line are not those that its hash was made of",
    otherwise: "No line was changed without making its hash anew",
  },
  {
    code: "chain_broken",
    meaning: "A line does not name the line before it",
    otherwise:
      "No line was dropped before the last, put in, repeated or moved without making all later hashes anew",
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
      "A line is an event, spelled otherwise than the program spells it: spaces, key order, escapes, a key twice",
    otherwise: "Every reader of JSON finds the same in a line",
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
      "With `--head`: this is the whole ledger of which the hash was kept, to the last byte",
  },
  {
    code: "event_order",
    meaning: "An event stands where no run has one",
    otherwise: "The events follow each other as those of a run do",
  },
  {
    code: "line_after_end",
    meaning: "A line follows the end of the run",
    otherwise: "Nothing was added behind `run_finished`",
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
    otherwise: "The question is the one that stands in the text of the task",
  },
  {
    code: "undecidable",
    meaning:
      "The recorded policy or tools cannot be loaded, so no decision can be made again",
    otherwise: "The recorded policy is one, and its decisions were made again",
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
      "The model gave back what the loop takes from no model, or what its tries do not give",
    otherwise: "Each answer of the model has a form that the loop takes",
  },
  {
    code: "not_proposed",
    meaning: "A call was judged that the model did not propose, or not then",
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
      "Policy, call and facts on record give another decision, or one that is not there",
    otherwise:
      "Each decision, and that there is no other, follows from what is on record",
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
      "An approval stands in the name of nobody, or in one that cannot be recorded",
    otherwise: "Who approved has a name",
  },
  {
    code: "other_approval",
    meaning: "A person approved another call than the one that ran",
    otherwise: "What a person approved is what ran",
  },
  {
    code: "not_as_answered",
    meaning:
      "A call was judged otherwise than a person answered, or in the name of a person who did not answer",
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
    meaning: "A tool was started, and nothing says how it ended",
    otherwise:
      "Each started call has its receipt, or the error type `indeterminate`",
  },
  {
    code: "wrong_outcome",
    meaning:
      "Failure mode, terminal reason or answer do not follow from the events",
    otherwise: "How the run is said to have ended is how it ended",
  },
  {
    code: "wrong_totals",
    meaning: "The totals of the run are not the numbers of its events",
    otherwise: "The totals are true",
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
      "The policy may redact the report, or limit how long an answer counts, and nothing was given that reads policies",
    otherwise: "What the policy says of report and answers was read",
  },
  {
    code: "volatile_form",
    meaning:
      "`timestamp`, `wall_clock_seconds`, `git_sha` or the program's `version` is not of the form that the program writes",
    otherwise: "What the ledger cannot tell has its form, true or not",
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
    otherwise: "Beside a broken ledger: trace and report fit the manifest",
  },
  {
    code: "not_an_incident",
    meaning: "A line of incidents.jsonl is not a JSON object",
    otherwise: "Incidents can be read, true or not",
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
    meaning: "A line of approvals.jsonl answers no decision of this run",
    otherwise: "Each answer is bound to a decision of this run",
  },
  {
    code: "other_content",
    meaning:
      "A file in the sandbox is not what the last recorded write of its path left there",
    otherwise: "Beside a sandbox: what `write` wrote last is what is there",
  },
  {
    code: "other_documents",
    meaning:
      "The documents in the sandbox are not those of the run, and no recorded call wrote to them",
    otherwise:
      "Beside a sandbox with a corpus to which no call wrote: its documents are those of the run",
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

/** The code of something that `verify` found. */
export type FindingCode = typeof FINDINGS[number]["code"];

/** One thing that is wrong with a run directory. */
export interface Finding {
  /** What it is, as in `FINDINGS`. */
  readonly code: FindingCode;
  /** Name of the file, below the run directory. */
  readonly artifact: string;
  /** Line of the file, from 1. */
  readonly line?: number | undefined;
  /** Id of the span that stands for it in the trace, 16 hex digits. */
  readonly span?: string | undefined;
  /** What is wrong, one sentence for people. */
  readonly message: string;
}
