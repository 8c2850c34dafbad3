import type { Policy } from "../../policy/document/load.ts";
import { offeredTools } from "../../policy/offered_tools.ts";
import { toolListing } from "../../policy/tool_listing.ts";
import { modelNames } from "../../tools/model_names.ts";
import { inputSchema } from "../../tools/definition_hash.ts";
import { isObject, type Json, type JsonObject } from "../../tools/data/json.ts";
import { sha256Text } from "../../tools/data/sha256.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { HiddenValues } from "../../tools/mcp/hidden_values.ts";
import { hidingRun } from "../../tools/mcp/hiding_run.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { RecordedFailure } from "../attempt/recorded_failure.ts";
import type { RecordedError, RunEvent, RunFinished } from "../record/event.ts";
import {
  type CallAllowed,
  type CallResult,
  callResult,
  notBegun,
} from "./call_result.ts";
import type { CallOutcome } from "./call_outcome.ts";
import {
  type ClientCall,
  clientSession,
  type ClientSpec,
  sessionTask,
} from "./client_session.ts";
import type { SessionEnv } from "../env.ts";
import { BrokenOffError } from "./side_by_side.ts";

/** A tool of a session: ours to run, or without `run`, for whoever calls to run elsewhere. */
export type SessionTool =
  | Tool
  | (ToolDefinition & { readonly run?: undefined });

/** Everything that decides what a session does, apart from the outside world. */
export interface GovernedSessionSpec {
  /** Names the run in each of its artifacts; nothing checks that it is unique. */
  readonly runId: string;
  /** An integer; seeds the jitter of retries and the ids of spans. */
  readonly seed: number;
  /** Judges every call; the record carries its text. */
  readonly policy: Policy;
  /** Where the policy looks paths up. */
  readonly sandbox: Pick<Sandbox, "inspect">;
  /** What the client was asked, by a person; no tool can have put it there. */
  readonly question: string;
  /** The tools that exist; which of them may be called, the policy says. */
  readonly tools: readonly SessionTool[];
  /** Said where that is a folder which is not kept with the record. Default: it is kept. */
  readonly sandboxIsElsewhere?: boolean | undefined;
  /** What must not be seen of arguments, results and failures. Default: nothing. */
  readonly hidden?: {
    json(value: Json): Json;
    text(text: string): string;
  } | undefined;
  /** What proposes the calls, for the record. Default: `client`. */
  readonly client?: string | undefined;
}

/**
 * Puts the events of a session on record, as `recordRun` does: it asks for each one
 * once the one before is where it must be, and at once.
 */
export type RecordSession = (
  events: AsyncIterable<RunEvent>,
) => Promise<RunFinished>;

/** How a call is proposed. */
export interface CallOptions {
  /** The caller's own name for the call, such as a model's id of it; it need not be unique. Default: `call_1` and so on. */
  readonly id?: string | undefined;
  /** Cancels this call. Default: only the session can be cancelled. */
  readonly signal?: AbortSignal | undefined;
}

/** A tool that the policy allows, as a model is told of it. */
export interface GovernedTool {
  /** The name by which a model calls it: that of the policy, but for one that providers refuse, such as `fs.read`, which is `fs__read`. */
  readonly name: string;
  /** One line that tells a model what it is for. */
  readonly description: string;
  /** JSON Schema of its arguments, draft 2020-12. */
  readonly inputSchema: JsonObject;
  /** The same as `call` of the session, of this tool. */
  call(args: unknown, options?: CallOptions): Promise<CallResult>;
}

/** A run whose calls come from a loop of one's own; each one is judged and recorded. */
export interface GovernedSession extends AsyncDisposable {
  /** The tools that the policy allows, to be told to a model; all of them where it is only audited. */
  readonly tools: readonly GovernedTool[];
  /** Whether no further call will run. */
  readonly isOver: boolean;
  /**
   * Has the policy judge a call and runs it, within the policy's limits. `name` is
   * that of the policy, or the one that `tools` tells a model. `args` is
   * an object, or the model's own text of one, which is better where it is at hand:
   * it is parsed strictly. Anything else is denied. Resolves once what came of it is on record. Calls may
   * overlap; they are judged in the order in which they come, and as many run at
   * once as `loop_budget.max_parallel` says, 64 without it.
   *
   * Denials and failures are results and are not thrown.
   *
   * @throws {TypeError} when the arguments cannot be written as JSON
   * @throws what writing the record throws, once it cannot be written any further
   */
  call(
    name: string,
    args: unknown,
    options?: CallOptions,
  ): Promise<CallResult>;
  /**
   * Takes what a tool gave back that was run elsewhere, or a `ToolError` when it
   * failed. Resolves with what came of the call, once that is on record. A call gets
   * its result within the policy's time limit (`retry.attempt_timeout_ms`), or fails.
   *
   * @throws {RangeError} when no call waits for it: none of this name was allowed, it
   *   has its result, or its time is up
   */
  result(
    idempotencyKey: string,
    given: Json | ToolError,
  ): Promise<Exclude<CallResult, CallAllowed>>;
  /**
   * Ends the record, once the calls under way are over, and resolves with its last
   * event. `reason` says for people why. Closing again changes nothing.
   *
   * @throws what writing the record throws, when it could not be written
   */
  close(reason?: string): Promise<RunFinished>;
  /** The last event, once the record has ended, whoever ended it. */
  readonly finished: Promise<RunFinished>;
  /** Closes the session. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A call whose tool runs elsewhere, while its result is not given. */
interface Elsewhere {
  readonly given: PromiseWithResolvers<Json>;
  readonly outcome: Promise<CallResult>;
}

/**
 * Opens a session for a loop of one's own, and has `record` put it on record at
 * once. `govern` does the same with a directory, the real clock and Ctrl-C.
 *
 * @example A loop of one's own with a virtual clock, recorded in memory
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { z } from "npm:zod@4.6.7";
 * import { loadPolicy, memorySink, recordRun, tool, virtualClock } from "../../mod.ts";
 * import { governedSession } from "./mod.ts";
 *
 * const policy = loadPolicy(
 *   `version: 1
 * on_deny: continue
 * tool_registry: { allowed: [ticket_read], denied: [] }
 * url_allowlist: []
 * sandbox: { isolation: process }
 * arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
 * loop_budget: { max_iterations: 1 }
 * cycle_detection: { max_repeats: 2, max_period: 2 }
 * retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
 * `,
 *   "policy.yaml",
 * );
 * const session = governedSession({
 *   runId: "demo",
 *   seed: 0,
 *   policy,
 *   question: "What does ticket 17 say?",
 *   tools: [tool({
 *     name: "ticket_read",
 *     description: "Read one ticket",
 *     args: z.strictObject({ id: z.string() }),
 *     effects: {},
 *     run: ({ id }) => Promise.resolve({ id, text: "The parcel is late" }),
 *   })],
 *   sandbox: { inspect: () => { throw new RangeError("There are no files") } },
 * }, {
 *   ...virtualClock(0n),
 *   resolve: () => Promise.resolve(undefined),
 *   signal: new AbortController().signal,
 * }, (events) =>
 *   recordRun(events, memorySink(), {
 *     programVersion: "0.1.0",
 *     volatile: () => ({ timestamp: "", wall_clock_seconds: 0, git_sha: null }),
 *   }));
 * const read = await session.call("ticket_read", { id: "17" });
 * assertEquals(read.type === "result" && read.json, '{"id":"17","text":"The parcel is late"}');
 * const update = await session.call("ticket_update", { id: "17" });
 * assertEquals(update.type === "denied" && update.rule, "tool_registry");
 * const { terminal_reason, totals } = await session.close("answered");
 * assertEquals([terminal_reason, totals.denials], ["session_closed", 1]);
 * ```
 *
 * @throws {RangeError} when two tools have one name, an effect names what is no
 *   argument, a tool would run elsewhere than the policy says, or the policy limits
 *   what only a model uses
 */
export function governedSession(
  spec: GovernedSessionSpec,
  env: SessionEnv,
  record: RecordSession,
): GovernedSession {
  const { policy } = spec;
  const given = new Map(toolRegistry(spec.tools));
  const listing = toolListing(toolRegistry(spec.tools));
  const inner = clientSession(clientSpec(spec), env);
  const elsewhere = new Map<string, Elsewhere>();
  let isClosed = false;
  let calls = 0;

  const finished = record(inner.events());
  const cancel = () => end();
  const leave = () => env.signal.removeEventListener("abort", cancel);
  // Whoever calls or closes is told of a failure; nobody has to wait for it.
  finished.then(leave, leave);
  if (env.signal.aborted) end();
  env.signal.addEventListener("abort", cancel, { once: true });

  function end(reason?: string): void {
    isClosed = true;
    inner.close(reason);
    for (const { given } of elsewhere.values()) {
      given.reject(new RecordedFailure(NOT_GIVEN));
    }
  }

  let inSync = Promise.resolve();

  /** Takes in that servers serve other tools by now. */
  function sync(): Promise<void> {
    inSync = inSync.then(async () => {
      const change = await env.toolChanges?.(given);
      if (change === undefined || isClosed) return;
      for (const name of change.removed) given.delete(name);
      for (const tool of change.tools) given.set(tool.name, tool);
      listing.change(change);
      await inner.changeTools(change);
    });
    return inSync;
  }

  /** What came of a call, or why the record cannot be written. */
  async function settled(
    outcome: Promise<CallOutcome>,
  ): Promise<CallResult> {
    try {
      const found = await outcome;
      return isLate(found) ? notBegun(inner.ended) : callResult(found);
    } catch (error) {
      if (error instanceof BrokenOffError) await finished;
      throw error;
    }
  }

  async function call(
    asked: string,
    args: unknown,
    { id = "", signal }: CallOptions = {},
  ): Promise<CallResult> {
    if (env.toolChanges !== undefined) await sync();
    const name = given.has(asked)
      ? asked
      : modelNames(given.keys()).fromModel(asked);
    calls += 1;
    const text = textOf(name, args);
    const args_json = spec.hidden?.text(text) ?? text;
    // A trace has no empty ids.
    const named = id === "" ? `call_${calls}` : id;
    const proposed = { id: named, tool: name, args_json, signal };
    if (isClosed) return notBegun(inner.ended);
    const known = given.get(name);
    if (known === undefined || known.run !== undefined) {
      return await settled(inner.call(proposed));
    }
    return await elsewhereCall(proposed);
  }

  /** Resolves when the tool may run; or with what came of the call, if it may not. */
  function elsewhereCall(proposed: ClientCall): Promise<CallResult> {
    const given = Promise.withResolvers<Json>();
    // A call that is over waits for no result.
    given.promise.catch(() => {});
    const allowed = Promise.withResolvers<CallResult>();
    const outcome = settled(inner.call({
      ...proposed,
      // Each further try of the call waits for the same result.
      run(args, { idempotencyKey }) {
        elsewhere.set(idempotencyKey, { given, outcome });
        outcome.finally(() => elsewhere.delete(idempotencyKey)).catch(() => {});
        if (isClosed) given.reject(new RecordedFailure(NOT_GIVEN));
        const copy = asArguments(args);
        allowed.resolve({ type: "allowed", args: copy, idempotencyKey });
        return given.promise;
      },
    }));
    outcome.then(allowed.resolve, allowed.reject);
    return allowed.promise;
  }

  return {
    get tools() {
      const { forModel } = modelNames(given.keys());
      return offeredTools<SessionTool>(policy.document, {
        tools: given,
        listing,
      })
        .map((tool): GovernedTool => ({
          name: forModel(tool.name),
          description: tool.description,
          inputSchema: inputSchema(tool),
          call: (args, options) => call(tool.name, args, options),
        }));
    },
    get isOver() {
      return isClosed || inner.ended !== undefined;
    },
    call,
    async result(key, result) {
      const waiting = elsewhere.get(key);
      if (waiting === undefined) {
        throw new RangeError(
          "Cannot take the result: no call waits for it; it has one, or its time is up",
        );
      }
      elsewhere.delete(key);
      const { given, outcome } = waiting;
      if (result instanceof ToolError) {
        given.reject(notTransient(result, spec.hidden));
      } else given.resolve(spec.hidden?.json(result) ?? result);
      const found = await outcome;
      if (found.type !== "allowed") return found;
      throw new RangeError("Cannot take the result: the call still waits");
    },
    close(reason) {
      end(reason);
      return finished;
    },
    finished,
    async [Symbol.asyncDispose]() {
      end();
      await finished;
    },
  };
}

/**
 * Refuses what `governedSession` refuses, before anything is written.
 *
 * @throws {RangeError} as `governedSession` does
 */
export function refuseUnusable(
  spec: GovernedSessionSpec,
  env: SessionEnv,
): void {
  clientSession(clientSpec(spec), env);
}

function clientSpec(
  { question, tools, client = "client", hidden, ...rest }: GovernedSessionSpec,
): ClientSpec {
  return {
    ...rest,
    task: sessionTask(question),
    tools: toolRegistry(tools.map((tool) => runnable(tool, hidden))),
    model: {
      execution_path: "client",
      provider: "client",
      model: client,
      script_sha256: null,
    },
    corpus: NO_CORPUS,
  };
}

/** A session brings no documents of its own. */
const NO_CORPUS = { sha256: sha256Text(""), documents: 0 };

/** What is on record of a call whose result was not given before the end. */
const NOT_GIVEN: RecordedError = {
  kind: "unhandled",
  type: "indeterminate",
  exception_class: "Indeterminate",
  message:
    "the session was closed before the result was given; whether the effect happened is not known",
};

/** A tool with a `run`, in whose place each call brings its own. */
function runnable(tool: SessionTool, hidden?: HiddenValues): Tool {
  if (tool.run !== undefined) {
    return hidden === undefined
      ? tool
      : { ...tool, run: hidingRun(tool.run, hidden) };
  }
  return {
    ...tool,
    run: () =>
      Promise.reject(new RangeError(`"${tool.name}" does not run here`)),
  };
}

/** The failure of a tool that only whoever ran it can try again. */
function notTransient(
  { message, type }: ToolError,
  hidden: HiddenValues | undefined,
): ToolError {
  return new ToolError(hidden?.text(message) ?? message, { type });
}

/** Whether a call came when its session had ended, so that nothing of it is on record. */
function isLate(outcome: CallOutcome): boolean {
  return outcome.type === "ended" &&
    (outcome.why.type === "cancelled" || outcome.why.type === "closed");
}

function textOf(name: string, args: unknown): string {
  if (typeof args === "string") return args;
  try {
    const text: string | undefined = JSON.stringify(args);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new TypeError(`Cannot call "${name}": its arguments are not JSON`, {
      cause,
    });
  }
  throw new TypeError(`Cannot call "${name}": its arguments are not JSON`);
}

/** Validated arguments are an object; a copy, so that what is on record stays as it is. */
function asArguments(args: unknown): JsonObject {
  if (!isObject(args)) return {};
  return JSON.parse(JSON.stringify(args));
}
