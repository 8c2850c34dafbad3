import { hash } from "node:crypto";
import type { CallArguments } from "../policy/arguments.ts";
import type { Json } from "../tools/json.ts";
import type { Tool } from "../tools/tool.ts";
import { ToolError } from "../tools/tool_error.ts";
import type { LoopState, RunEnd } from "./_loop_state.ts";
import { attempt, type Attempted, type Failure } from "./attempt.ts";
import type { RunEvent, ToolFinished } from "./event.ts";
import { judgeAttempt, seededFraction } from "./retry.ts";

/** How long one attempt may take when the policy does not say, in milliseconds. */
const DEFAULT_ATTEMPT_TIMEOUT_MS = 30_000;

/** How many characters of JSON a tool may return. */
const MAX_RESULT_LENGTH = 4 * 2 ** 20;

/** A call that the policy has allowed. */
export interface AllowedCall {
  readonly id: string;
  readonly tool: Tool;
  readonly args: Extract<CallArguments, { readonly ok: true }>;
}

/** A tool's result, and its JSON text for the model. */
interface ToolResult {
  readonly json: Json;
  readonly text: string;
}

/** Runs an allowed call: the intent, its attempts, the receipt. */
export async function* runTool(
  state: LoopState,
  call: AllowedCall,
): AsyncGenerator<RunEvent, RunEnd | undefined> {
  const { head, totals, spec } = state;
  const intent = head();
  const idempotencyKey = idempotencyKeyOf(spec.runId, intent.seq, call);
  totals.tool_calls += 1;
  yield {
    ...intent,
    type: "tool_started",
    call_id: call.id,
    tool: call.tool.name,
    args: call.args.value,
    idempotency_key: idempotencyKey,
  };
  const attempted = yield* boundedRetry(state, call, idempotencyKey);
  yield toolFinished(state, call, attempted);
  return follow(state, call, attempted);
}

/** Tries a call until it succeeds, has no retry left, or fails in a way that none mends. */
async function* boundedRetry(
  state: LoopState,
  call: AllowedCall,
  idempotencyKey: string,
): AsyncGenerator<RunEvent, Attempted<ToolResult>> {
  const { env, spec } = state;
  const limits = spec.policy.document.retry;
  for (let number = 1;; number++) {
    const startedAt = state.now();
    const attempted = await attemptInTime(state, call, idempotencyKey);
    const head = state.head();
    const verdict = judgeAttempt(attempted, number, {
      limits,
      random: () => seededFraction(spec.seed, head.seq, number),
    });
    state.totals.attempts += 1;
    state.tally.attempts.push(verdict.outcome);
    yield {
      ...head,
      type: "attempt_finished",
      started_at: startedAt,
      call_id: call.id,
      attempt: number,
      outcome: verdict.outcome,
      backoff_ms: verdict.backoffMs,
      error: attempted.ok ? null : attempted.failure.error,
    };
    if (verdict.outcome !== "transient_failure") return attempted;
    const slept = await attempt(
      () => env.sleep(verdict.backoffMs, env.signal),
      env.signal,
    );
    if (!slept.ok) return slept;
  }
}

/** Tries a call once. What takes too long is left behind, and told to stop. */
async function attemptInTime(
  { env, spec }: LoopState,
  { tool, args }: AllowedCall,
  idempotencyKey: string,
): Promise<Attempted<ToolResult>> {
  const { attempt_timeout_ms: ms = DEFAULT_ATTEMPT_TIMEOUT_MS } =
    spec.policy.document.retry;
  const controller = new AbortController();
  const { signal } = controller;
  let late = false;
  using _deadline = env.deadline(ms, () => {
    late = true;
    controller.abort();
  });
  using _cancellation = onAbort(env.signal, controller);
  const attempted = await attempt(
    async () =>
      plainResult(await tool.run(args.value, { signal, idempotencyKey })),
    signal,
  );
  if (attempted.ok || env.signal.aborted || !late) return attempted;
  // Nobody knows how it ended, so only what may be done twice is tried again.
  const kind = tool.idempotent ? "transient" : "unhandled";
  const message = `there was no result within ${ms} ms`;
  const error = { type: "timeout", exception_class: "TimeoutError", message };
  return { ok: false, failure: { kind, error } };
}

/** Aborts a controller when a signal does, until it is disposed of. */
function onAbort(signal: AbortSignal, controller: AbortController): Disposable {
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return {
    [Symbol.dispose]: () => signal.removeEventListener("abort", abort),
  };
}

function toolFinished(
  state: LoopState,
  call: AllowedCall,
  attempted: Attempted<ToolResult>,
): ToolFinished {
  return {
    ...state.head(),
    type: "tool_finished",
    call_id: call.id,
    tool: call.tool.name,
    result: attempted.ok ? attempted.value.json : null,
    error: attempted.ok ? null : attempted.failure.error,
  };
}

/** Tells the model how the call went, or ends the run. */
function follow(
  state: LoopState,
  call: AllowedCall,
  attempted: Attempted<ToolResult>,
): RunEnd | undefined {
  if (!attempted.ok && attempted.failure.kind !== "reported") {
    return endOf(state, attempted.failure);
  }
  if (!attempted.ok) state.tally.reported += 1;
  state.messages.push({
    role: "tool",
    call_id: call.id,
    tool: call.tool.name,
    content: attempted.ok
      ? attempted.value.text
      : JSON.stringify({ error: attempted.failure.error.message }),
  });
}

function endOf(state: LoopState, { kind }: Failure): RunEnd {
  if (kind === "cancelled") return { reason: "cancelled", answer: null };
  if (kind === "unhandled") state.tally.unhandled += 1;
  return { reason: "failed", answer: null };
}

function idempotencyKeyOf(
  runId: string,
  seq: number,
  { tool, args }: AllowedCall,
): string {
  const parts = [JSON.stringify(runId), seq, JSON.stringify(tool.name)];
  return hash("sha256", `[${parts.join(",")},${args.canonical}]`);
}

/** Takes a result as plain JSON, so that the record holds what the model gets. */
function plainResult(result: unknown): ToolResult {
  const text = JSON.stringify(result) ?? "null";
  if (text.length > MAX_RESULT_LENGTH) {
    throw new ToolError(
      `Cannot record the result: its JSON is longer than ${MAX_RESULT_LENGTH} characters`,
      { type: "result_too_large" },
    );
  }
  return { json: JSON.parse(text), text };
}
