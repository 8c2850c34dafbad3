/**
 * A governed agent runtime: one loop, a declarative policy before every tool
 * call, and an append-only record from which trace, report and manifest are
 * made.
 *
 * Run as a program it is the command line; see `--help`.
 *
 * A run can stop so that another process continues it from its record:
 * `agentLoop` and `recordRun` throw a `PendingApprovalError` while an answer of
 * a person is missing, and a `ModelOutageError` while the model is unavailable.
 *
 * @example A run of one's own tool under a policy, recorded in memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import {
 *   agentLoop,
 *   loadPolicy,
 *   memorySink,
 *   recordRun,
 *   scriptedLlm,
 *   summarizeTool,
 *   toolRegistry,
 *   virtualClock,
 * } from "./mod.ts";
 *
 * const policy = loadPolicy(
 *   `version: 1
 * on_deny: terminate
 * tool_registry: { allowed: [summarize], denied: [] }
 * url_allowlist: []
 * sandbox: { isolation: process }
 * arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
 * loop_budget: { max_iterations: 3 }
 * cycle_detection: { max_repeats: 2, max_period: 2 }
 * retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
 * `,
 *   "policy.yaml",
 * );
 * const model = scriptedLlm([
 *   { calls: [{ tool: "summarize", args: { text: "One thing. And another." } }] },
 *   { answer: "Two things." },
 * ]);
 * const events = agentLoop({
 *   runId: "demo",
 *   seed: 0,
 *   task: { id: "demo", question: "What is said?", text: "" },
 *   policy,
 *   tools: toolRegistry([summarizeTool()]),
 *   sandbox: { inspect: () => { throw new RangeError("There are no files") } },
 *   llm: model.llm,
 *   model: {
 *     execution_path: "stub",
 *     provider: "scripted",
 *     model: "demo",
 *     script_sha256: model.sha256,
 *   },
 *   corpus: { sha256: "0".repeat(64), documents: 0 },
 * }, {
 *   ...virtualClock(0n),
 *   resolve: () => Promise.resolve(undefined),
 *   signal: new AbortController().signal,
 * });
 * const sink = memorySink();
 * const finished = await recordRun(events, sink, {
 *   programVersion: "0.1.0",
 *   volatile: () => ({ timestamp: "", wall_clock_seconds: 0, git_sha: null }),
 * });
 * assertEquals(finished.answer, "Two things.");
 * assertEquals([...sink.artifacts.keys()].sort(), [
 *   "manifest.json",
 *   "run_report.md",
 *   "state.jsonl",
 *   "trace.json",
 * ]);
 * ```
 *
 * @module
 */
export { type Json, type JsonObject } from "./tools/data/json.ts";
export {
  type Schema,
  type SchemaIssue,
  type SchemaResult,
} from "./tools/schema.ts";
export { type Label } from "./tools/label.ts";
export {
  type Effects,
  type Tool,
  tool,
  type ToolContext,
  type ToolDefinition,
} from "./tools/tool.ts";
export { Redirect } from "./tools/redirect.ts";
export { ToolError, type ToolErrorOptions } from "./tools/tool_error.ts";
export {
  type Page,
  type PageRequest,
  type PathFacts,
  type Sandbox,
} from "./tools/sandbox/sandbox.ts";
export { type JudgedPlace, judgedPlace } from "./tools/sandbox/judged_place.ts";
export { type Leftover } from "./tools/sandbox/leftover.ts";
export {
  directorySandbox,
  type DirectorySandboxOptions,
} from "./tools/sandbox/directory_sandbox.ts";
export { type Document } from "./tools/document.ts";
export { type ToolRegistry, toolRegistry } from "./tools/registry.ts";
export {
  type FetchArgs,
  type FetchLike,
  type FetchOptions,
  type FetchResponse,
  fetchTool,
} from "./tools/fetch.ts";
export { type PageText } from "./tools/page/page_text.ts";
export { type ReadArgs, readTool } from "./tools/read.ts";
export {
  type SearchArgs,
  type SearchOptions,
  searchTool,
} from "./tools/search.ts";
export { type SummarizeArgs, summarizeTool } from "./tools/summarize.ts";
export { type WriteArgs, writeTool } from "./tools/write.ts";

export { InputError, type InputProblem } from "./tools/data/input_error.ts";
export { loadPolicy, type Policy } from "./policy/document/load.ts";
export {
  type Condition,
  type ItemCondition,
  type Operators,
  type Scalar,
  type Source,
} from "./policy/conditions/condition.ts";
export {
  type CallLimit,
  type DenyClause,
  type FlowClause,
  type RequireClause,
} from "./policy/document/clauses.ts";
export { type ToolTraits } from "./policy/tool_traits.ts";
export { type Escalation } from "./policy/conditions/escalation.ts";
export { type Address } from "./policy/facts.ts";
export {
  type ApprovalLimits,
  type CycleLimits,
  type FetchLimits,
  type LoopLimits,
  type McpServers,
  type McpVariable,
  type PolicyDocument,
  type RetryLimits,
} from "./policy/document/document.ts";
export { type PinMatch } from "./policy/rules/tool_pin.ts";
export { type MaxCost, type ModelPrices } from "./policy/document/max_cost.ts";
export { type Redaction, redactor } from "./policy/redaction/redaction.ts";
export {
  type Ask,
  type AskedClause,
  type Metadata,
  RULE_IDS,
  type RuleId,
} from "./policy/rule.ts";

export { agentLoop } from "./runtime/loop.ts";
export {
  type ApprovalAnswer,
  type ApprovalRequest,
  type Approver,
  PENDING,
  PendingApprovalError,
} from "./runtime/approval/approval.ts";
export {
  type Env,
  type SessionEnv,
  type VirtualClock,
  virtualClock,
} from "./runtime/env.ts";
export type { ToolsChange } from "./runtime/session/tools_change.ts";
export {
  type ApprovalResolved,
  type AttemptFinished,
  type CallProposed,
  type EventHead,
  type EventType,
  type LlmCompleted,
  type PolicyChecked,
  type ProposedCall,
  type RecordedError,
  type RecordedFacts,
  type RecordedHost,
  type RecordedPath,
  type RecordedTool,
  type RunEvent,
  type RunFinished,
  type RunStarted,
  type RunTotals,
  type StepFinished,
  type StepStarted,
  type ToolFinished,
  type ToolsChanged,
  type ToolStarted,
} from "./runtime/record/event.ts";
export {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  EXECUTION_PATHS,
  type ExecutionPath,
  FAILURE_KINDS,
  type FailureKind,
  TERMINAL_REASONS,
  type TerminalReason,
} from "./runtime/record/vocabulary.ts";
export { type Afterwards } from "./runtime/rerun/continuation.ts";
export {
  type Divergence,
  DivergenceError,
} from "./runtime/rerun/divergence.ts";
export { type Rerun, rerun } from "./runtime/rerun/rerun.ts";
export { NO_ANSWERS, type NoAnswer } from "./runtime/llm/no_answer.ts";
export { type Usage } from "./runtime/record/usage.ts";
export { type ValueDifference } from "./tools/data/value_difference.ts";
export {
  FAILURE_MODES,
  type FailureMode,
  type FailureModeId,
  type StepFacts,
} from "./runtime/record/failure.ts";
export {
  type Llm,
  type LlmInput,
  type LlmOutput,
  type Message,
} from "./runtime/llm/llm.ts";
export {
  type Cassette,
  type CassetteHead,
  type Exchange,
  type ToolDescription,
} from "./runtime/llm/cassette/cassette.ts";
export { parseCassette } from "./runtime/llm/cassette/parse_cassette.ts";
export {
  type CassetteLlm,
  cassetteLlm,
  exchangesOnRecord,
} from "./runtime/llm/cassette/cassette_llm.ts";
export {
  type Recording,
  recordingLlm,
} from "./runtime/llm/cassette/recording_llm.ts";
export {
  ModelError,
  type ModelErrorOptions,
} from "./runtime/attempt/model_error.ts";
export {
  type AfterOutage,
  ModelOutageError,
} from "./runtime/llm/model_outage.ts";
export { type ModelSettings } from "./runtime/record/model_settings.ts";
export { type ModelInfo, type RunSpec } from "./runtime/run_spec.ts";
export {
  type ScriptCall,
  type ScriptedLlm,
  scriptedLlm,
  type ScriptStep,
} from "./runtime/llm/scripted_llm.ts";

export {
  type Attributes,
  type AttributeValue,
  type Span,
  type SpanKind,
  type SpanName,
  type SpansOfEvents,
} from "./trace/span.ts";
export { type GenaiOptions, genaiSpans } from "./trace/genai/genai_spans.ts";
export {
  type TraceParent,
  traceParent,
  underParent,
} from "./trace/trace_parent.ts";
export {
  type OtlpBody,
  type OtlpEncoding,
  type OtlpEnvelope,
} from "./trace/otlp/otlp_encoding.ts";
export { PROTOBUF_ENCODING } from "./trace/otlp/otlp_protobuf.ts";
export { type SpanForm } from "./trace/otlp/span_encoder.ts";
export {
  type Exported,
  type OtlpFetch,
  otlpHttp,
  type SendSpans,
} from "./trace/otlp/otlp_http.ts";
export {
  type OtlpProtocol,
  type OtlpSettings,
} from "./trace/otlp/otlp_settings.ts";
export {
  type SpanExport,
  spanExport,
  type SpanExportWorld,
  type SpansExported,
} from "./trace/otlp/span_export.ts";
export {
  type TraceFinding,
  validateTrace,
  validateTraceText,
} from "./trace/validate/validate.ts";

export {
  type ArtifactName,
  type Artifacts,
  type ArtifactSink,
  memorySink,
  type SynchronousSink,
} from "./evidence/artifacts.ts";
export { type Volatile } from "./evidence/recording/manifest.ts";
export {
  type Durability,
  type RecordOptions,
  recordRun,
} from "./evidence/recording/record_run.ts";
export { regenerate } from "./evidence/recording/regenerate.ts";
export {
  type Incident,
  incidentLine,
  INCIDENTS,
} from "./evidence/recording/incident.ts";
export {
  LedgerError,
  type ReadLedger,
  readLedger,
} from "./evidence/read_ledger.ts";
export { eventDifference } from "./evidence/replay/event_difference.ts";
export { replay } from "./evidence/replay/replay.ts";
export {
  type Flip,
  redecide,
  type Redecided,
  type Verdict,
} from "./evidence/replay/redecide.ts";
export {
  type FirstDifference,
  type RunDifference,
  runDifference,
  type RunNumbers,
} from "./evidence/replay/run_difference.ts";
export {
  type GrowingTimeline,
  growingTimeline,
  timeline,
  type TimelineEntry,
} from "./evidence/report/timeline.ts";
export {
  resumedRunDirectory,
  runDirectory,
} from "./evidence/store/run_directory.ts";
export { WriteError } from "./evidence/store/write_error.ts";
export {
  attest,
  ATTESTATION_NAME,
  type AttestationCheck,
  attestationFindings,
  type AttestedRun,
} from "./evidence/attest/attestation.ts";
export {
  ATTESTATION_FINDING_CODES,
  ATTESTATION_FINDINGS,
  type AttestationFinding,
  type AttestationFindingCode,
} from "./evidence/attest/attestation_finding.ts";
export {
  generateKeyPair,
  importPublicKey,
  importSigningKey,
  type KeyPair,
  type PublicKey,
  type SigningKey,
} from "./evidence/attest/signing_key.ts";
export {
  type Difference,
  differences,
} from "./evidence/recording/differences.ts";
export { type ArtifactDigest } from "./evidence/recording/manifest.ts";
export {
  type ArtifactEntry,
  type ArtifactSource,
  memorySource,
  type SandboxEntry,
  type SandboxSource,
} from "./evidence/artifact_source.ts";
export { storedRun } from "./evidence/store/stored_run.ts";
export { directoryStore, type Now } from "./evidence/store/directory_store.ts";
export {
  type FollowedLedger,
  type OpenSink,
  type PassedOver,
  type RunFileName,
  type RunRecord,
  type RunStore,
} from "./evidence/run_store.ts";
export { type BegunLedger } from "./evidence/read_ledger.ts";
export { type WrittenApproval } from "./evidence/approval/approval_file.ts";

export {
  type CallAllowed,
  type CallDenied,
  type CallFailed,
  type CallResult,
  type ToolReturned,
} from "./runtime/session/call_result.ts";
export { modelText } from "./runtime/session/model_text.ts";
export {
  type CallOptions,
  type GovernedSession,
  governedSession,
  type GovernedSessionSpec,
  type GovernedTool,
  type RecordSession,
  type SessionTool,
} from "./runtime/session/governed_session.ts";

export { closeSession, govern, type Governed } from "./agent/govern.ts";
export { GOVERN_DEFAULTS, type GovernOptions } from "./agent/govern_options.ts";
export { runAgent } from "./agent/run_agent.ts";
export { AGENT_DEFAULTS, type AgentOptions } from "./agent/agent_options.ts";
export { type AgentEnd } from "./agent/agent_end.ts";
export { type AgentModel } from "./agent/agent_model.ts";
export { liveModel, type LiveModelOptions } from "./agent/live_model.ts";
export { scriptedModel } from "./agent/scripted_model.ts";
export { fileApprover, terminalApprover } from "./agent/approvers.ts";
export { machineEnv } from "./agent/machine_env.ts";
export type { ToolServer, ToolServers } from "./tasks/tool_server.ts";
export { emptySandbox } from "./tools/sandbox/empty_sandbox.ts";
export { type ToolWorld } from "./tools/exported_tools.ts";
export {
  type Finding,
  type FindingCode,
  type FindingKind,
  FINDINGS,
} from "./evidence/verify/finding.ts";
export { type KeptElsewhere } from "./evidence/verify/kept_elsewhere.ts";
export type { Verification } from "./evidence/verify/verify.ts";
export type { VerifyOptions } from "./evidence/verify/decisions/verify_run.ts";
export { verifyRun } from "./evidence/verify/verify_on_demand.ts";

if (import.meta.main) {
  const { main } = await import("./cli.ts");
  // Everything is written; leaving at once spares a short command the tear-down.
  Deno.exit(await main(Deno.args));
}
