import { sha256Text } from "../../tools/data/sha256.ts";
import type { CallArguments } from "../../policy/arguments.ts";
import { Redirect } from "../../tools/redirect.ts";
import { MAX_RESULT_LENGTH } from "../../tools/result_length.ts";
import type { Tool } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { boundedRetry, type Tried } from "./bounded_retry.ts";
import { DEFAULT_ATTEMPT_TIMEOUT_MS, inTime } from "./in_time.ts";
import type { Ending } from "./call_outcome.ts";
import type { Session } from "./session.ts";
import type { Attempted } from "../attempt/attempt.ts";
import type {
  RecordedError,
  RunEvent,
  ToolFinished,
  ToolStarted,
} from "../record/event.ts";

/** A call that the policy has allowed. */
export interface AllowedCall {
  /** Its `call_proposed`; `undefined` in a record of version 1. */
  readonly call: number | undefined;
  readonly id: string;
  readonly tool: Tool;
  readonly args: Extract<CallArguments, { readonly ok: true }>;
  /** The judged URLs, keyed by their spelling in the arguments. */
  readonly urls: ReadonlyMap<string, string>;
  /** The judged places, keyed by the spelling of their paths in the arguments. */
  readonly places: ReadonlyMap<string, string>;
  /** Why no attempt can succeed, where that is known before the first one. */
  readonly refused: RecordedError | undefined;
}

/** What a tool returned: as it is recorded, and as JSON. */
export interface ToolResult {
  readonly recorded: Pick<ToolFinished, "result" | "redirect">;
  readonly json: string;
}

/** The intent to run an allowed call. */
export function toolStarted(session: Session, call: AllowedCall): ToolStarted {
  const { head, totals, spec } = session;
  const intent = head(call.call);
  totals.tool_calls += 1;
  return {
    ...intent,
    type: "tool_started",
    call_id: call.id,
    tool: call.tool.name,
    args: call.args.value,
    idempotency_key: idempotencyKeyOf(spec.runId, intent.seq, call),
  };
}

/** Runs a call whose intent is on record: its attempts, the receipt. `leave` says that it no longer uses its places. */
export async function* runTool(
  session: Session,
  call: AllowedCall,
  { intent: { idempotency_key }, leave }: {
    readonly intent: ToolStarted;
    readonly leave: () => void;
  },
): AsyncGenerator<RunEvent, Tried<ToolResult>> {
  const tried = yield* boundedRetry(session, {
    call_id: call.id,
    call: call.call,
    work: () => attemptInTime(session, call, idempotency_key),
  });
  leave();
  const finished = toolFinished(session, call, tried.last);
  // It holds before another call goes on.
  const { error } = finished;
  const isEnd = error !== null && error.kind !== "reported" &&
    session.driver === "loop";
  if (isEnd) session.progress.ended ??= endingBy(error);
  if (finished.redirect === null) session.over(finished);
  const { tool, seq, result } = finished;
  session.gate.result(result, { tool, seq });
  yield finished;
  return tried;
}

/** Why a failure that the tool does not report ends the run. */
export function endingBy(error: RecordedError): Ending {
  return error.kind === "cancelled"
    ? { type: "cancelled" }
    : { type: "failed", error };
}

/**
 * Tries a call once. The outcome of a timed-out attempt is unknown, so only an
 * idempotent tool is tried again.
 */
function attemptInTime(
  session: Session,
  { tool, args, urls, places, refused }: AllowedCall,
  idempotencyKey: string,
): Promise<Attempted<ToolResult>> {
  if (refused !== undefined) {
    return Promise.resolve({ ok: false, error: refused });
  }
  const { attempt_timeout_ms = DEFAULT_ATTEMPT_TIMEOUT_MS } =
    session.spec.policy.document.retry;
  return inTime(session, {
    ms: tool.timeoutMs ?? attempt_timeout_ms,
    work: async (signal) =>
      plainResult(
        await tool.run(args.value, { signal, idempotencyKey, urls, places }),
      ),
    late: tool.idempotent ? "transient" : "unhandled",
  });
}

function toolFinished(
  session: Session,
  call: AllowedCall,
  attempted: Attempted<ToolResult>,
): ToolFinished {
  return {
    ...session.head(call.call),
    type: "tool_finished",
    call_id: call.id,
    tool: call.tool.name,
    ...attempted.ok
      ? attempted.value.recorded
      : { result: null, redirect: null },
    error: attempted.ok ? null : attempted.error,
  };
}

function idempotencyKeyOf(
  runId: string,
  seq: number,
  { tool, args }: AllowedCall,
): string {
  const parts = [JSON.stringify(runId), seq, JSON.stringify(tool.name)];
  return sha256Text(`[${parts.join(",")},`, args.canonical, "]");
}

/** Copies a result as plain JSON, so that the record holds what the caller gets. */
function plainResult(result: unknown): ToolResult {
  const redirected = result instanceof Redirect;
  const json = JSON.stringify(redirected ? result.args : result) ?? "null";
  if (json.length > MAX_RESULT_LENGTH) {
    throw new ToolError(
      `Cannot record the result: its JSON is longer than ${MAX_RESULT_LENGTH} characters`,
      { type: "result_too_large" },
    );
  }
  const value = JSON.parse(json);
  const recorded = redirected
    ? { result: null, redirect: value }
    : { result: value, redirect: null };
  return { recorded, json };
}
