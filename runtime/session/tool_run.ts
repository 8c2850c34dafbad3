import { sha256Text } from "../../tools/data/sha256.ts";
import type { CallArguments } from "../../policy/arguments.ts";
import { Redirect } from "../../tools/redirect.ts";
import type { Tool } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { boundedRetry } from "./bounded_retry.ts";
import { DEFAULT_ATTEMPT_TIMEOUT_MS, inTime } from "./in_time.ts";
import type { LoopState, RunEnd } from "./session_state.ts";
import type { Attempted } from "../attempt/attempt.ts";
import type { RecordedError, RunEvent, ToolFinished } from "../record/event.ts";

/** How many characters of JSON a tool may return. */
const MAX_RESULT_LENGTH = 4 * 2 ** 20;

/** A call that the policy has allowed. */
export interface AllowedCall {
  readonly id: string;
  readonly tool: Tool;
  readonly args: Extract<CallArguments, { readonly ok: true }>;
  /** The URLs that were judged, by how the arguments spell them. */
  readonly urls: ReadonlyMap<string, string>;
  /** The places that were judged, by how the arguments spell their paths. */
  readonly places: ReadonlyMap<string, string>;
  /** Why no attempt can succeed, where that is known before the first one. */
  readonly refused: RecordedError | undefined;
}

/** What a tool returned, as it is recorded and as its JSON text. */
interface ToolResult {
  readonly recorded: Pick<ToolFinished, "result" | "redirect">;
  readonly text: string;
}

/** Runs an allowed call: the intent, its attempts, the receipt. Returns what follows from it, if anything. */
export async function* runTool(
  state: LoopState,
  call: AllowedCall,
): AsyncGenerator<RunEvent, RunEnd | Redirect | undefined> {
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
  const attempted = yield* boundedRetry(state, {
    call_id: call.id,
    work: () => attemptInTime(state, call, idempotencyKey),
  });
  yield toolFinished(state, call, attempted);
  return follow(state, call, attempted);
}

/** Tries a call once. When it is late nobody knows how it ended, so only what may be done twice is tried again. */
function attemptInTime(
  state: LoopState,
  { tool, args, urls, places, refused }: AllowedCall,
  idempotencyKey: string,
): Promise<Attempted<ToolResult>> {
  if (refused !== undefined) {
    return Promise.resolve({ ok: false, error: refused });
  }
  const { attempt_timeout_ms = DEFAULT_ATTEMPT_TIMEOUT_MS } =
    state.spec.policy.document.retry;
  return inTime(state, {
    ms: attempt_timeout_ms,
    work: async (signal) =>
      plainResult(
        await tool.run(args.value, { signal, idempotencyKey, urls, places }),
      ),
    late: tool.idempotent ? "transient" : "unhandled",
  });
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
    ...attempted.ok
      ? attempted.value.recorded
      : { result: null, redirect: null },
    error: attempted.ok ? null : attempted.error,
  };
}

/** Tells the model how the call went, passes a redirect on, or ends the run. */
function follow(
  state: LoopState,
  call: AllowedCall,
  attempted: Attempted<ToolResult>,
): RunEnd | Redirect | undefined {
  let content: string;
  if (attempted.ok) {
    const { recorded, text } = attempted.value;
    if (recorded.redirect !== null) return new Redirect(recorded.redirect);
    content = text;
  } else {
    const { kind, message } = attempted.error;
    if (kind !== "reported") return endOf(state, attempted.error);
    state.tally.reported += 1;
    content = JSON.stringify({ error: message });
  }
  const { id: call_id, tool } = call;
  state.messages.push({ role: "tool", call_id, tool: tool.name, content });
}

function endOf(state: LoopState, { kind }: RecordedError): RunEnd {
  if (kind === "cancelled") return { reason: "cancelled", answer: null };
  if (kind === "unhandled" || kind === "permission_denied") {
    state.tally.unhandled += 1;
  }
  return { reason: "failed", answer: null };
}

function idempotencyKeyOf(
  runId: string,
  seq: number,
  { tool, args }: AllowedCall,
): string {
  const parts = [JSON.stringify(runId), seq, JSON.stringify(tool.name)];
  return sha256Text(`[${parts.join(",")},${args.canonical}]`);
}

/** Takes a result as plain JSON, so that the record holds what the model gets. */
function plainResult(result: unknown): ToolResult {
  const redirected = result instanceof Redirect;
  const text = JSON.stringify(redirected ? result.args : result) ?? "null";
  if (text.length > MAX_RESULT_LENGTH) {
    throw new ToolError(
      `Cannot record the result: its JSON is longer than ${MAX_RESULT_LENGTH} characters`,
      { type: "result_too_large" },
    );
  }
  const json = JSON.parse(text);
  const recorded = redirected
    ? { result: null, redirect: json }
    : { result: json, redirect: null };
  return { recorded, text };
}
