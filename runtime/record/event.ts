import type { Json, JsonObject } from "../../tools/data/json.ts";
import type { Label } from "../../tools/label.ts";
import type { Effects } from "../../tools/tool.ts";
import type { Address } from "../../policy/facts.ts";
import type { AskedClause, Metadata, RuleId } from "../../policy/rule.ts";
import type { FailureModeId } from "./failure.ts";
import type { ModelSettings } from "./model_settings.ts";
import type { Usage } from "./usage.ts";
import type {
  AttemptOutcome,
  ExecutionPath,
  FailureKind,
  TerminalReason,
} from "./vocabulary.ts";

/** What every line of a ledger begins with. */
export interface EventHead {
  /**
   * Version of the format; it moves with the format alone. All lines of a record
   * of version 2 have 2. In a record of version 1 a line has 2 when it has a key
   * that version 1 does not know.
   */
  readonly v: 1 | 2;
  /** Number of the event in its run, from 0 without a gap. */
  readonly seq: number;
  /** Nanoseconds since the Unix epoch, as a decimal string. */
  readonly ts: string;
  /** The loop's turn, from 1; 0 before the first one. */
  readonly step: number;
  /**
   * Version 2: the call that the event is about, as the `seq` of its
   * `call_proposed`. Left out where the event is about no call. The ids that
   * models and clients give to calls can repeat; this number cannot.
   */
  readonly call?: number | undefined;
}

/** A tool call that a model proposed; it has not been judged. */
export interface ProposedCall {
  /** The model's id for the call, not empty; nothing checks that it is unique. */
  readonly id: string;
  /** The tool's name as the model spelled it; the tool may not exist. */
  readonly tool: string;
  /** The arguments as the model's raw text; perhaps it is not JSON. */
  readonly args_json: string;
}

/** An error as it is recorded: its class or stable type, and its message. */
export interface RecordedError {
  /** What follows from it. */
  readonly kind: FailureKind;
  /**
   * Low-cardinality name, as in the attribute `error.type`: the `type` of a
   * `ToolError`, `permission_denied`, `cancelled`, `malformed_output`, a
   * `NoAnswer` of the model, or else the same as `exception_class`.
   */
  readonly type: string;
  /**
   * The `name` of what was thrown, or of the permission refusal that caused it;
   * `typeof` of a thrown value that is not an `Error`. Where nothing was thrown:
   * `MalformedOutput` for a model's output of the wrong form, and `NoAnswer` for
   * one that states why it has no answer and no calls.
   */
  readonly exception_class: string;
  /** The error's own text; it may quote what a model or a server wrote. */
  readonly message: string;
}

/** What a model and the policy knew of a tool. */
export interface RecordedTool {
  /** The exact name by which a model calls the tool. */
  readonly name: string;
  /** One line that told the model what the tool is for. */
  readonly description: string;
  /** Which arguments the rules for URLs and paths look at. */
  readonly effects: Required<Effects>;
  /** Whether a call whose outcome is unknown may be sent again. */
  readonly idempotent: boolean;
  /** JSON Schema 2020-12 of the arguments. */
  readonly input_schema: JsonObject;
  /** How information flows through it. Not there: nothing is known. Version 2. */
  readonly labels?: readonly Label[];
  /** SHA-256 of the definition as a server gave it, 64 hex digits; left out for tools that are not a server's. Version 2. */
  readonly definition_sha256?: string | undefined;
  /** Said where nobody but a policy can tell what the tool touches. Version 2. */
  readonly undescribed?: true | undefined;
}

/** What was looked up about a path. */
export interface RecordedPath {
  /** As the arguments spell it. */
  readonly path: string;
  /** Where it leads, as `PathFacts.resolved` has it: `<sandbox>/…` or `<outside>`. */
  readonly resolved: string;
  /** Whether it leads into the sandbox; false when that could not be told. */
  readonly inside: boolean;
  /** Whether a link was followed on the way, or leads nowhere. */
  readonly via_link: boolean;
  /** Whether `..` comes after a link, so that spelling and kernel disagree. */
  readonly dotdot_after_link: boolean;
  /** Whether there is a device, a socket or a FIFO. */
  readonly special: boolean;
  /** Whether there is a file that also has another name, a hard link. */
  readonly hard_linked: boolean;
  /** Version 2: said of a place that no tool may touch. */
  readonly closed?: true | undefined;
}

/** What was looked up about a host. */
export interface RecordedHost {
  /** The name, in canonical form; an address needs no look-up. */
  readonly host: string;
  /** Empty when it could not be looked up. */
  readonly addresses: readonly Address[];
}

/** Everything that a judgement rests on beside the call and the policy. */
export interface RecordedFacts {
  /** Why the arguments do not fit the tool's schema, and where; `null` when they do. */
  readonly args_error:
    | { readonly reason: string; readonly path: string }
    | null;
  /** The paths that were looked up, in their order. */
  readonly paths: readonly RecordedPath[];
  /** The hosts that were looked up, in their order; none before a person has approved the call. */
  readonly hosts: readonly RecordedHost[];
  /**
   * Version 2: the validated arguments, where the tool's validator changed the
   * proposed ones, for example by adding defaults. Left out where they are the
   * same.
   */
  readonly args?: Json | undefined;
}

/** The run and everything that it depends on. */
export interface RunStarted extends EventHead {
  /** Tells the event apart; the first of every run, with `seq` 0 and `step` 0. */
  readonly type: "run_started";
  /** Names the run, on every span as `agent.run_id`. */
  readonly run_id: string;
  /**
   * Version of the program that began the run, in records that were made before
   * 0.1.0. Version 2 leaves it out: the manifest has it.
   */
  readonly runtime_version?: string | undefined;
  /** An integer from which the jitter of retries and the ids of spans derive. */
  readonly seed: number;
  /** The job that the agent is given. */
  readonly task: {
    /** The author's name for the task. */
    readonly id: string;
    /** What the model is asked. */
    readonly question: string;
    /** SHA-256 of `text` in UTF-8, 64 hex digits. */
    readonly sha256: string;
    /** The whole task as its author wrote it. */
    readonly text: string;
  };
  /** The policy that judges the run. */
  readonly policy: {
    /** The first 12 hex digits of `sha256`. */
    readonly version: string;
    /** SHA-256 of `text` in UTF-8, 64 hex digits. */
    readonly sha256: string;
    /** The exact text of the policy's file. */
    readonly text: string;
  };
  /** The model, as the caller's `ModelInfo` names it. */
  readonly llm: {
    /** Where the model's answers come from. */
    readonly execution_path: ExecutionPath;
    /** As in `gen_ai.provider.name`. */
    readonly provider: string;
    /** As in `gen_ai.request.model`. */
    readonly model: string;
    /** SHA-256 of a scripted model's script or of a cassette, 64 hex digits; `null` for any other model. */
    readonly script_sha256: string | null;
    /** Version 2: what goes with each request; left out when nothing does. */
    readonly settings?: ModelSettings | undefined;
  };
  /** The documents that the tools serve, as the caller declared them. */
  readonly corpus: {
    /** Hash of the snapshot, 64 hex digits. */
    readonly sha256: string;
    /** How many documents there are. */
    readonly documents: number;
  };
  /** The tools that exist, in the order of the registry; the policy may deny some. */
  readonly tools: readonly RecordedTool[];
  /** Said where decisions are recorded and, but for a few, not enforced. Version 2. */
  readonly mode?: "audit" | undefined;
  /**
   * `elsewhere` where paths were judged against a folder that is not kept with the
   * record. Version 2; left out where the record has the folder.
   */
  readonly sandbox?: "elsewhere" | undefined;
}

/** A turn of the loop begins. */
export interface StepStarted extends EventHead {
  /** Tells the event apart; `step` is the turn that begins, from 1. */
  readonly type: "step_started";
}

/** The model answered, or could not. */
export interface LlmCompleted extends EventHead {
  /** Tells the event apart; there is at most one a step. */
  readonly type: "llm_completed";
  /** When the model was asked: nanoseconds since the Unix epoch, as a decimal string. */
  readonly started_at: string;
  /** The final answer, with which the run ends; `null` when there are calls or an error. */
  readonly answer: string | null;
  /** What the model proposed, in order; empty when it answered or failed. */
  readonly calls: readonly ProposedCall[];
  /** `null` when none was reported or the numbers are impossible; the run then counts no tokens. */
  readonly usage: Usage | null;
  /** Why the model stopped, in the provider's words; `null` when it is not known. */
  readonly finish_reason: string | null;
  /**
   * Other text of the model, as in `LlmOutput.raw`; for an output of the wrong
   * form, the whole output as JSON. `null` when there is none.
   */
  readonly raw: string | null;
  /** Why there is no answer and no call; `null` when there is one of them. */
  readonly error: RecordedError | null;
  /** Version 2: what came with the answer or the calls, as `LlmOutput.turn` has it; left out when nothing did. */
  readonly turn?: Json | undefined;
  /** Version 2: the model that answered, where it is another one than was asked. */
  readonly answered_by?: string | undefined;
}

/** The list of tools is another one from here on. Version 2. */
export interface ToolsChanged extends EventHead {
  /** Tells the event apart. */
  readonly type: "tools_changed";
  /** Tools that are new or have another definition. */
  readonly tools: readonly RecordedTool[];
  /** Names of tools that are gone. */
  readonly removed: readonly string[];
}

/**
 * A call is taken up; it is judged next. Its `seq` is the identity of the call:
 * every later event of the call has it as `call`. Version 2.
 */
export interface CallProposed extends EventHead {
  /** Tells the event apart; one for each call that is judged. */
  readonly type: "call_proposed";
  /** The id that the model or the client gave the call. */
  readonly call_id: string;
  /** The tool's name as it was spelled; the tool may not exist. */
  readonly tool: string;
  /** The arguments as raw text; perhaps it is not JSON. */
  readonly args_json: string;
}

/** The verdict on a proposed call; for budgets only when they deny. */
export interface PolicyChecked extends EventHead {
  /**
   * Tells the event apart; one for each judged call and each redirect, two for
   * what a person was asked about: the second one is made with the answer.
   */
  readonly type: "policy_checked";
  /** When the judgement began: nanoseconds since the Unix epoch, as a decimal string. */
  readonly started_at: string;
  /** The model's id for the call; `null` for a budget. */
  readonly call_id: string | null;
  /** The tool's name as the model spelled it; `null` for a budget. */
  readonly tool: string | null;
  /** The verdict; `escalate` leaves the call to a person. */
  readonly decision: "allow" | "deny" | "escalate";
  /** The rule that objected; `null` when none did. */
  readonly rule_id: RuleId | null;
  /** Why, in one sentence for people and for the model; `null` when no rule objected. */
  readonly reason: string | null;
  /** What the rules looked at; empty when they had nothing to look at. */
  readonly metadata: Metadata;
  /**
   * SHA-256 of the JSON array of the tool's name and the canonical text of the
   * arguments, 64 hex digits: what runs must have the same. `null` for a budget.
   */
  readonly call_sha256: string | null;
  /** What was looked up before; `null` for a budget. */
  readonly facts: RecordedFacts | null;
  /** Version 2: what a person is asked about; left out unless the decision is `escalate`. */
  readonly asked?: readonly AskedClause[] | undefined;
  /** `false` where the policy is only audited: the call runs whatever was decided. Version 2. */
  readonly enforced?: false | undefined;
}

/**
 * An escalation was answered, or got no answer. The call is judged again after
 * this event, unless the run was cancelled meanwhile.
 */
export interface ApprovalResolved extends EventHead {
  /** Tells the event apart; it follows the `policy_checked` that escalated. */
  readonly type: "approval_resolved";
  /** The model's id for the call that waited. */
  readonly call_id: string;
  /** Who answered; `none` when there was no answer. */
  readonly approver: string;
  /** Also `rejected` when there was no answer or it could not be understood. */
  readonly verdict: "approved" | "rejected";
  /** SHA-256 over what was approved, 64 hex digits; see `approvalBinding`. */
  readonly bound_to: string;
}

/** The intent to run a tool, recorded before any effect. */
export interface ToolStarted extends EventHead {
  /** Tells the event apart; it follows the `policy_checked` that allowed the call. */
  readonly type: "tool_started";
  /** The model's id for the call. */
  readonly call_id: string;
  /** Name of a tool in the registry. */
  readonly tool: string;
  /** The validated arguments, as the tool gets them. */
  readonly args: Json;
  /** SHA-256 of the canonical JSON of `[run_id, seq, tool, args]`, with this event's `seq`; 64 hex digits. */
  readonly idempotency_key: string;
}

/** One try of a tool call, or of a model that is not scripted. */
export interface AttemptFinished extends EventHead {
  /** Tells the event apart; a started call has at least one, and so has a model that is asked over a network. */
  readonly type: "attempt_finished";
  /** When the attempt began: nanoseconds since the Unix epoch, as a decimal string. */
  readonly started_at: string;
  /** The model's id for the call, as in `tool_started`; `null` for a try of the model. */
  readonly call_id: string | null;
  /**
   * Number of the attempt in its call, from 1; for a model it starts again at 1
   * when a run continues after an outage.
   */
  readonly attempt: number;
  /** How it ended; after `transient_failure` another attempt follows, unless the wait is cut short. */
  readonly outcome: AttemptOutcome;
  /** Milliseconds to wait before the next try; 0 when no try follows. */
  readonly backoff_ms: number;
  /** Why it failed; `null` for a success. */
  readonly error: RecordedError | null;
}

/** The receipt of a tool call. */
export interface ToolFinished extends EventHead {
  /** Tells the event apart; each `tool_started` of a finished run has one. */
  readonly type: "tool_finished";
  /** The model's id for the call, as in `tool_started`. */
  readonly call_id: string;
  /** Name of the tool, as in `tool_started`. */
  readonly tool: string;
  /** What the tool returned; `null` is a result too, so `error` tells whether it failed. */
  readonly result: Json;
  /**
   * The arguments that the tool wants to continue with, which are judged next;
   * `null` for a result or an error.
   */
  readonly redirect: JsonObject | null;
  /** Why the last attempt failed, or why no other followed; `null` for a success. */
  readonly error: RecordedError | null;
}

/** A turn of the loop ends. */
export interface StepFinished extends EventHead {
  /** Tells the event apart; each `step_started` of a finished run has one. */
  readonly type: "step_finished";
  /** The first failure mode that the step shows; `null` when none, or when the run was cancelled. */
  readonly failure_mode: FailureModeId | null;
}

/** The totals of a run. */
export interface RunTotals {
  /** Turns of the loop, with one that a budget stopped. */
  readonly steps: number;
  /** How often the model was asked, whether or not it answered. */
  readonly llm_calls: number;
  /** Calls that were allowed and started. */
  readonly tool_calls: number;
  /** Verdicts on calls, and denials by a budget. */
  readonly policy_checks: number;
  /** Calls that were denied, by the policy or with a person's answer, and budgets that were used up. */
  readonly denials: number;
  /** Tries of tool calls and of a model that is not scripted, retries among them. */
  readonly attempts: number;
  /** Tokens of all answers, of each the larger of its total and the sum of its parts. */
  readonly tokens: number;
  /**
   * Version 2, only where the policy limits it: what all answers cost, exactly:
   * `0.0125 EUR`. `null` when it is unknown, since an answer has no price.
   */
  readonly cost?: string | null | undefined;
}

/** The run ended; the last line of a complete ledger. */
export interface RunFinished extends EventHead {
  /** Tells the event apart; nothing follows it. */
  readonly type: "run_finished";
  /** How the run ended, on the last step's span as `agent.terminal_reason`. */
  readonly terminal_reason: TerminalReason;
  /** The model's answer; `null` unless the run ended with `final_answer`. */
  readonly answer: string | null;
  /** Version 2, only of a client's session: why the client closed it, in its own words. */
  readonly reason?: string | undefined;
  /** Counts over the whole run. */
  readonly totals: RunTotals;
}

/** One thing that a run does; a ledger has one a line. */
export type RunEvent =
  | RunStarted
  | StepStarted
  | LlmCompleted
  | ToolsChanged
  | CallProposed
  | PolicyChecked
  | ApprovalResolved
  | ToolStarted
  | AttemptFinished
  | ToolFinished
  | StepFinished
  | RunFinished;

/** The name of an event, which tells its shape. */
export type EventType = RunEvent["type"];
