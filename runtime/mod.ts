/**
 * The loop alone: every proposed call passes a policy before it runs, and what
 * happens comes out as events. It loads no parser of YAML, no tool and no store. A
 * policy is read by `loadPolicy`, and the events of a run are recorded by
 * `recordRun`; both are in the main entry.
 *
 * A run can stop where another process goes on from its record: `agentLoop` throws a
 * `PendingApprovalError` when a person has still to answer, and a `ModelOutageError`
 * when the model cannot be asked for the time being.
 *
 * @module
 */
export type { Json, JsonObject } from "../tools/data/json.ts";
export type { Label } from "../tools/label.ts";
export type { Schema, SchemaIssue, SchemaResult } from "../tools/schema.ts";
export type {
  Effects,
  Tool,
  ToolContext,
  ToolDefinition,
} from "../tools/tool.ts";
export { Redirect } from "../tools/redirect.ts";
export { ToolError, type ToolErrorOptions } from "../tools/tool_error.ts";
export type {
  Page,
  PageRequest,
  PathFacts,
  Sandbox,
} from "../tools/sandbox/sandbox.ts";
export type { JudgedPlace } from "../tools/sandbox/judged_place.ts";
export { type ToolRegistry, toolRegistry } from "../tools/registry.ts";

export type { Policy } from "../policy/document/load.ts";
export type {
  Condition,
  ItemCondition,
  Operators,
  Scalar,
  Source,
} from "../policy/conditions/condition.ts";
export type {
  CallLimit,
  DenyClause,
  FlowClause,
  RequireClause,
} from "../policy/document/clauses.ts";
export type { ToolTraits } from "../policy/tool_traits.ts";
export type { Escalation } from "../policy/conditions/escalation.ts";
export type { Address } from "../policy/facts.ts";
export type {
  ApprovalLimits,
  CycleLimits,
  FetchLimits,
  LoopLimits,
  McpServers,
  McpVariable,
  PolicyDocument,
  RetryLimits,
} from "../policy/document/document.ts";
export type { Redaction } from "../policy/redaction/redaction.ts";
export {
  type Ask,
  type AskedClause,
  type Metadata,
  RULE_IDS,
  type RuleId,
} from "../policy/rule.ts";

export { agentLoop } from "./loop.ts";
export type { ModelInfo, RunSpec } from "./run_spec.ts";
export {
  type Env,
  type SessionEnv,
  type VirtualClock,
  virtualClock,
} from "./env.ts";
export type { ToolsChange } from "./session/tools_change.ts";
export {
  type ApprovalAnswer,
  type ApprovalRequest,
  type Approver,
  PENDING,
  PendingApprovalError,
} from "./approval/approval.ts";
export type {
  ApprovalResolved,
  AttemptFinished,
  CallProposed,
  EventHead,
  EventType,
  LlmCompleted,
  PolicyChecked,
  ProposedCall,
  RecordedError,
  RecordedFacts,
  RecordedHost,
  RecordedPath,
  RecordedTool,
  RunEvent,
  RunFinished,
  RunStarted,
  RunTotals,
  StepFinished,
  StepStarted,
  ToolFinished,
  ToolsChanged,
  ToolStarted,
} from "./record/event.ts";
export {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  EXECUTION_PATHS,
  type ExecutionPath,
  FAILURE_KINDS,
  type FailureKind,
  TERMINAL_REASONS,
  type TerminalReason,
} from "./record/vocabulary.ts";
export {
  FAILURE_MODES,
  type FailureMode,
  type FailureModeId,
  type StepFacts,
} from "./record/failure.ts";
export type { ModelSettings } from "./record/model_settings.ts";
export type { Usage } from "./record/usage.ts";
export type { Llm, LlmInput, LlmOutput, Message } from "./llm/llm.ts";
export { NO_ANSWERS, type NoAnswer } from "./llm/no_answer.ts";
export { type AfterOutage, ModelOutageError } from "./llm/model_outage.ts";
export { ModelError, type ModelErrorOptions } from "./attempt/model_error.ts";
