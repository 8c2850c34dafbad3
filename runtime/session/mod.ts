/**
 * The governed call for a loop of one's own: `governedSession` takes each tool call
 * that your loop proposes through the policy, runs it, and hands every event to
 * whoever records it. It brings no model, no loop and no disk.
 *
 * With a directory, the real clock and Ctrl-C it is `govern`, in the main entry;
 * most programs want that. This entry is for programs that bring their own store or
 * their own clock: `record` is usually `recordRun`, over a sink of the main entry
 * or one of one's own.
 *
 * @module
 */
export type { Json, JsonObject } from "../../tools/data/json.ts";
export type { Label } from "../../tools/label.ts";
export type { Schema, SchemaIssue, SchemaResult } from "../../tools/schema.ts";
export {
  type Effects,
  type Tool,
  tool,
  type ToolContext,
  type ToolDefinition,
} from "../../tools/tool.ts";
export { Redirect } from "../../tools/redirect.ts";
export { ToolError, type ToolErrorOptions } from "../../tools/tool_error.ts";
export type {
  Page,
  PageRequest,
  PathFacts,
  Sandbox,
} from "../../tools/sandbox/sandbox.ts";
export type { JudgedPlace } from "../../tools/sandbox/judged_place.ts";
export { type ToolRegistry, toolRegistry } from "../../tools/registry.ts";

export type { Policy } from "../../policy/document/load.ts";
export type {
  Condition,
  ItemCondition,
  Operators,
  Scalar,
  Source,
} from "../../policy/conditions/condition.ts";
export type {
  CallLimit,
  DenyClause,
  FlowClause,
  RequireClause,
} from "../../policy/document/clauses.ts";
export type { ToolTraits } from "../../policy/tool_traits.ts";
export type { Escalation } from "../../policy/conditions/escalation.ts";
export type { Address } from "../../policy/facts.ts";
export type {
  ApprovalLimits,
  CycleLimits,
  FetchLimits,
  LoopLimits,
  PolicyDocument,
  RetryLimits,
} from "../../policy/document/document.ts";
export type { MaxCost, ModelPrices } from "../../policy/document/max_cost.ts";
export type { Redaction } from "../../policy/redaction/redaction.ts";
export {
  type Ask,
  type AskedClause,
  type Metadata,
  RULE_IDS,
  type RuleId,
} from "../../policy/rule.ts";

export { type SessionEnv, type VirtualClock, virtualClock } from "../env.ts";
export type { ToolsChange } from "./tools_change.ts";
export {
  type ApprovalAnswer,
  type ApprovalRequest,
  type Approver,
  PENDING,
} from "../approval/approval.ts";
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
} from "../record/event.ts";
export {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  EXECUTION_PATHS,
  type ExecutionPath,
  FAILURE_KINDS,
  type FailureKind,
  TERMINAL_REASONS,
  type TerminalReason,
} from "../record/vocabulary.ts";
export {
  FAILURE_MODES,
  type FailureMode,
  type FailureModeId,
  type StepFacts,
} from "../record/failure.ts";
export type { ModelSettings } from "../record/model_settings.ts";
export type { Usage } from "../record/usage.ts";
export type {
  CallAllowed,
  CallDenied,
  CallFailed,
  CallResult,
  ToolReturned,
} from "./call_result.ts";
export {
  type CallOptions,
  type GovernedSession,
  governedSession,
  type GovernedSessionSpec,
  type GovernedTool,
  type RecordSession,
  type SessionTool,
} from "./governed_session.ts";
export { modelText } from "./model_text.ts";
