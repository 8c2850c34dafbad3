import type { Json } from "../tools/json.ts";
import type { Metadata, RuleId } from "../policy/rule.ts";
import type { FailureModeId } from "./failure.ts";

/** What every line of a ledger begins with. */
export interface EventHead {
  /** Version of the schema. */
  readonly v: 1;
  /** Dense from 0. */
  readonly seq: number;
  /** Nanoseconds since the Unix epoch, as a decimal string. */
  readonly ts: string;
  /** The loop's turn, from 1; 0 before the first one. */
  readonly step: number;
}

/** How a run ended. */
export type TerminalReason =
  | "final_answer"
  | "loop_budget"
  | "policy_denial_terminal"
  | "failure_mode_terminal"
  | "cancelled";

/** Where the model's answers came from. */
export type ExecutionPath = "stub" | "local" | "hosted" | "replay";

/** How one try ended; only `transient_failure` is tried again. */
export type AttemptOutcome =
  | "success"
  | "transient_failure"
  | "exhausted"
  | "non_retryable";

/** A tool call that a model proposed; `args_json` is its text, not yet looked at. */
export interface ProposedCall {
  readonly id: string;
  readonly tool: string;
  readonly args_json: string;
}

/** Tokens of one answer, as the model reported them. */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens?: number | undefined;
  readonly total_tokens?: number | undefined;
}

/** An error as it is recorded: its class or stable type, and its message. */
export interface RecordedError {
  /** Low-cardinality name, as in the attribute `error.type`. */
  readonly type: string;
  /** The class that was thrown. */
  readonly exception_class: string;
  readonly message: string;
}

/** The run and everything that it depends on. */
export interface RunStarted extends EventHead {
  readonly type: "run_started";
  readonly run_id: string;
  /** Version of this runtime. */
  readonly runtime_version: string;
  readonly seed: number;
  readonly task: {
    readonly id: string;
    readonly question: string;
    readonly sha256: string;
    readonly text: string;
  };
  readonly policy: {
    readonly version: string;
    readonly sha256: string;
    readonly text: string;
  };
  readonly llm: {
    readonly execution_path: ExecutionPath;
    readonly provider: string;
    readonly model: string;
    /** SHA-256 of the script, for a scripted model. */
    readonly script_sha256: string | null;
  };
  readonly corpus: {
    readonly sha256: string;
    readonly documents: number;
  };
  /** Names of the tools on offer, in order. */
  readonly tools: readonly string[];
}

/** A turn of the loop begins. */
export interface StepStarted extends EventHead {
  readonly type: "step_started";
}

/** The model answered, or could not. */
export interface LlmCompleted extends EventHead {
  readonly type: "llm_completed";
  readonly started_at: string;
  readonly answer: string | null;
  readonly calls: readonly ProposedCall[];
  readonly usage: Usage | null;
  readonly finish_reason: string | null;
  /** What the model wrote, where it was not of the form that was asked for. */
  readonly raw: string | null;
  readonly error: RecordedError | null;
}

/** The verdict on a proposed call; for budgets only when they deny. */
export interface PolicyChecked extends EventHead {
  readonly type: "policy_checked";
  readonly started_at: string;
  /** `null` for a budget. */
  readonly call_id: string | null;
  /** `null` for a budget. */
  readonly tool: string | null;
  readonly decision: "allow" | "deny" | "escalate";
  readonly rule_id: RuleId | null;
  readonly reason: string | null;
  readonly metadata: Metadata;
}

/** A person answered an escalation. */
export interface ApprovalResolved extends EventHead {
  readonly type: "approval_resolved";
  readonly call_id: string;
  readonly approver: string;
  readonly verdict: "approved" | "rejected";
  /** SHA-256 over run, call, tool, canonical arguments and policy. */
  readonly bound_to: string;
}

/** The intent to run a tool, recorded before any effect. */
export interface ToolStarted extends EventHead {
  readonly type: "tool_started";
  readonly call_id: string;
  readonly tool: string;
  readonly args: Json;
  /** SHA-256 of the canonical JSON of `[run_id, seq, tool, args]`. */
  readonly idempotency_key: string;
}

/** One try of a tool call. */
export interface AttemptFinished extends EventHead {
  readonly type: "attempt_finished";
  readonly started_at: string;
  readonly call_id: string;
  /** From 1. */
  readonly attempt: number;
  readonly outcome: AttemptOutcome;
  /** Milliseconds to wait before the next try; 0 when there is none. */
  readonly backoff_ms: number;
  readonly error: RecordedError | null;
}

/** The receipt of a tool call. */
export interface ToolFinished extends EventHead {
  readonly type: "tool_finished";
  readonly call_id: string;
  readonly tool: string;
  readonly result: Json;
  readonly error: RecordedError | null;
}

/** A turn of the loop ends. */
export interface StepFinished extends EventHead {
  readonly type: "step_finished";
  readonly failure_mode: FailureModeId | null;
}

/** What a run came to, in numbers. */
export interface RunTotals {
  readonly steps: number;
  readonly llm_calls: number;
  readonly tool_calls: number;
  readonly policy_checks: number;
  readonly denials: number;
  readonly attempts: number;
  readonly tokens: number;
}

/** The run ended; the last line of a complete ledger. */
export interface RunFinished extends EventHead {
  readonly type: "run_finished";
  readonly terminal_reason: TerminalReason;
  readonly answer: string | null;
  readonly totals: RunTotals;
}

/** Everything that a run does, in the order in which it is recorded. */
export type RunEvent =
  | RunStarted
  | StepStarted
  | LlmCompleted
  | PolicyChecked
  | ApprovalResolved
  | ToolStarted
  | AttemptFinished
  | ToolFinished
  | StepFinished
  | RunFinished;

/** The name of an event, which tells its shape. */
export type EventType = RunEvent["type"];
