import { callRules } from "../../policy/rules/call_rules.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import type { Tool } from "../../tools/tool.ts";
import type { RunEvent, RunFinished } from "../record/event.ts";
import type { TerminalReason } from "../record/vocabulary.ts";
import { type RunIdentity, runStarted } from "../run_started.ts";
import type { RunSpec } from "../run_spec.ts";
import type { CallOutcome, Ending } from "./call_outcome.ts";
import type { SessionEnv } from "../env.ts";
import { onAbort } from "./on_abort.ts";
import { openSession, type Session } from "./session.ts";
import { sessionPolicyFault } from "./session_policy_fault.ts";
import { type CallEvents, sideBySide } from "./side_by_side.ts";
import { toolCall } from "./tool_call.ts";
import type { ToolsChange } from "./tools_change.ts";

/** Everything that decides what a session does, apart from the outside world. */
export type ClientSpec = RunIdentity & Pick<RunSpec, "sandbox">;

/** A call that a client proposes. */
export interface ClientCall {
  /** The client's id for the call; nothing checks that it is unique. */
  readonly id: string;
  /** The exact name of the tool. */
  readonly tool: string;
  /** The arguments as the client's raw text, which is parsed once. */
  readonly args_json: string;
  /** Cancels this call. Default: only the session can be cancelled. */
  readonly signal?: AbortSignal | undefined;
  /** Does the work of this call. Default: what the tool runs. */
  readonly run?: Tool["run"] | undefined;
}

/** A run whose calls come from a client that keeps a loop of its own. */
export interface ClientSession {
  /** Why no further call may run; `undefined` while calls may. */
  readonly ended: Ending | undefined;
  /**
   * Takes a call through judgement, approval, attempts and receipt; resolves
   * once the receipt is on record. Calls are judged in the order in which they
   * come, and their attempts overlap.
   */
  call(call: ClientCall): Promise<CallOutcome>;
  /** Puts another list of tools on record; it counts for calls that come later. */
  changeTools(change: ToolsChange): Promise<void>;
  /**
   * No call comes any more; the events end when those that run are over. `reason`
   * says why, for people.
   */
  close(reason?: string): void;
  /** Like `close`, and what has not begun to run does not. */
  abandon(reason?: string): void;
  /**
   * The events of the run, from `run_started` to `run_finished`. The consumer
   * puts each one on record before it asks for the next one, and asks for it at
   * once: calls only go on while it does.
   */
  events(): AsyncGenerator<RunEvent, void>;
}

/** How many calls of a client run at the same time when the policy does not say. */
const DEFAULT_MAX_PARALLEL = 64;

/**
 * Opens a session. Nothing is recorded until its events are asked for.
 *
 * @throws {RangeError} when the policy limits what only a model uses, or a tool
 *   would run elsewhere than the policy says
 */
export function clientSession(
  spec: ClientSpec,
  env: SessionEnv,
): ClientSession {
  const fault = sessionPolicyFault(spec.policy.document);
  if (fault !== undefined) throw new RangeError(fault);
  const { document, lines } = spec.policy;
  const rules = callRules(document, lines);
  const session = openSession({ ...spec, rules }, env, "client");
  const { progress } = session;
  const { max_parallel = DEFAULT_MAX_PARALLEL } = document.loop_budget;
  let calls: ReturnType<typeof sideBySide> | undefined;
  const early: (() => void)[] = [];
  let closedBecause: string | undefined;

  /** Calls can come before the first event is on record. */
  function whenStarted(work: (running: NonNullable<typeof calls>) => void) {
    if (calls === undefined) early.push(() => calls && work(calls));
    else work(calls);
  }

  return {
    get ended() {
      return progress.ended;
    },
    call({ signal, ...proposed }) {
      const outcome = Promise.withResolvers<CallOutcome>();
      const own = cancellable(session, signal);
      whenStarted((running) =>
        running.add(toolCall(own.session, proposed))
          .finally(() => own[Symbol.dispose]())
          .then(outcome.resolve, outcome.reject)
      );
      return outcome.promise;
    },
    changeTools(change) {
      const done = Promise.withResolvers<void>();
      whenStarted((running) =>
        running.add(toolsChange(session, change))
          .then(() => done.resolve(), done.reject)
      );
      return done.promise;
    },
    close(reason) {
      closedBecause ??= reason;
      whenStarted((running) => running.end());
    },
    abandon(reason) {
      closedBecause ??= reason;
      progress.ended ??= { type: "closed" };
      whenStarted((running) => running.end());
    },
    async *events() {
      session.gate.question(spec.task.question);
      const started = runStarted(session, spec);
      calls = sideBySide(session, {
        limit: () => env.inOrder?.() ? 1 : max_parallel,
      });
      try {
        yield started;
        for (const begin of early.splice(0)) begin();
        yield* calls.events();
      } finally {
        calls.breakOff();
        for (const begin of early.splice(0)) begin();
      }
      yield closed(session, { signal: env.signal, reason: closedBecause });
    },
  };
}

/** The session as a call has it that can be cancelled alone, until it is disposed of. */
function cancellable(
  session: Session,
  signal: AbortSignal | undefined,
): Disposable & { readonly session: Session } {
  if (signal === undefined) return { session, [Symbol.dispose]() {} };
  const controller = new AbortController();
  const heard = [session.signal, signal]
    .map((each) => onAbort(each, controller));
  return {
    session: { ...session, signal: controller.signal },
    [Symbol.dispose]() {
      for (const each of heard) each[Symbol.dispose]();
    },
  };
}

/** It takes its place among the calls, so that the events stay in order. */
async function* toolsChange(
  session: Session,
  change: ToolsChange,
): CallEvents {
  yield session.changeTools(change);
  return { type: "result", json: "null", attempts: [] };
}

function closed(
  { head, totals, progress }: Session,
  { signal, reason }: {
    readonly signal: AbortSignal;
    readonly reason: string | undefined;
  },
): RunFinished {
  const terminal_reason = reasonFor(progress.ended?.type, signal.aborted);
  const { step: steps } = progress;
  return {
    ...head(),
    type: "run_finished",
    terminal_reason,
    answer: null,
    ...reason === undefined ? {} : { reason },
    totals: { steps, llm_calls: 0, ...totals, tokens: 0 },
  };
}

function reasonFor(
  ended:
    | NonNullable<CallOutcome & { type: "ended" }>["why"]["type"]
    | undefined,
  isCancelled: boolean,
): TerminalReason {
  switch (ended) {
    case "denied":
      return "policy_denial_terminal";
    case "denied_too_often":
      return "loop_budget";
    default:
      return isCancelled ? "cancelled" : "session_closed";
  }
}

/** The task on record of a session: what a person asked the client, in the form of a task. */
export function sessionTask(question: string): RunSpec["task"] {
  const task: JsonObject = { id: "session", question };
  return { id: "session", question, text: `${JSON.stringify(task)}\n` };
}
