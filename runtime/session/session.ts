import { type Gate, openGate } from "../../policy/gate.ts";
import type { SessionEnv } from "../env.ts";
import type { Tool } from "../../tools/tool.ts";
import type { EventHead, RunTotals, ToolsChanged } from "../record/event.ts";
import { recordedTool } from "../record/recorded_tool.ts";
import {
  type RecordVersion,
  versionOfRecord,
} from "../record/record_version.ts";
import type { GovernedSpec } from "../run_spec.ts";
import { busyTime } from "./busy_time.ts";
import { type BusyPlaces, busyPlaces } from "./busy_places.ts";
import type { Ending } from "./call_outcome.ts";
import type { ToolsChange } from "./tools_change.ts";
import { oneAtATime, type Turn } from "./turn.ts";

/** What the calls of a session are judged by and run with; it names no task and no model. */
export type SessionSpec = Pick<
  GovernedSpec,
  | "runId"
  | "seed"
  | "policy"
  | "tools"
  | "sandbox"
  | "rules"
  | "runtimeVersion"
>;

/** Who proposes the calls: a loop in steps, or a client that keeps a loop of its own. */
export type SessionDriver = "loop" | "client";

/** The totals of a run that its calls add up to. */
type CallTotals = Pick<
  RunTotals,
  "tool_calls" | "policy_checks" | "denials" | "attempts"
>;

/** How far a session has got. */
export interface Progress {
  /** The turn of the loop, which sets it; for a client, the number of calls. */
  step: number;
  /** Why no further call may run, once the run has been ended. */
  ended: Ending | undefined;
}

/** One run, open for calls: what judges them, what they have used, and the numbers and times of its events. */
export interface Session {
  readonly spec: SessionSpec;
  readonly env: SessionEnv;
  readonly gate: Gate;
  /** The tools that there are. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** Takes in that the list of tools is another one; the result is still to be recorded. */
  changeTools(change: ToolsChange): ToolsChanged;
  /** The version of the record that the events make. */
  readonly version: RecordVersion;
  /** A turn for a call that is to be judged. */
  turn(): Turn;
  /** The places that running calls use. */
  readonly places: BusyPlaces;
  readonly driver: SessionDriver;
  readonly progress: Progress;
  /** Cancels the run, or where a call has the session for itself, that call. */
  readonly signal: AbortSignal;
  readonly totals: { -readonly [Key in keyof CallTotals]: CallTotals[Key] };
  /** The head of the next event, which is about a call or about none; taking it reads the clock. */
  head(call?: number): EventHead;
  /** The head of a `call_proposed`. */
  proposalHead(): EventHead;
  /** A call waits for a person. */
  rests(): void;
  /** A call goes on after a person has answered. */
  goes(): void;
  /** A call is over with this event. */
  over(event: EventHead): void;
  /** The number of the next event. */
  nextSeq(): number;
  /** A clock reading, as events carry it. */
  now(): string;
  /** Seconds from the first clock reading to the last one; those in which a client's calls were busy. */
  seconds(): number;
}

/**
 * Opens a session. Nothing is read or recorded until its client records an
 * event or proposes a call (`toolCall`).
 *
 * @throws {RangeError} when a tool would run elsewhere than the policy says
 */
export function openSession(
  spec: SessionSpec,
  env: SessionEnv,
  driver: SessionDriver = "loop",
): Session {
  refuseMisplaced({ policy: spec.policy, tools: [...spec.tools.values()] });
  const tools = new Map(spec.tools);
  let seq = 0;
  let first: bigint | undefined;
  let last = 0n;
  function now(): string {
    last = env.now();
    first ??= last;
    return last.toString();
  }
  const version = versionOfRecord({ runtime_version: spec.runtimeVersion });
  const progress: Progress = { step: 0, ended: undefined };
  /** The step of each call of a client. */
  const steps = new Map<number, number>();
  const busy = busyTime();
  const head = (call?: number): EventHead => ({
    v: version,
    seq: seq++,
    ts: now(),
    step: (call === undefined ? undefined : steps.get(call)) ?? progress.step,
    ...call === undefined ? {} : { call },
  });
  const session: Session = {
    spec,
    env,
    tools,
    changeTools(change) {
      refuseMisplaced({ policy: spec.policy, tools: change.tools });
      for (const name of change.removed) tools.delete(name);
      for (const tool of change.tools) tools.set(tool.name, tool);
      session.gate.toolsChanged(change);
      return {
        ...head(),
        type: "tools_changed",
        tools: change.tools.map(recordedTool),
        removed: change.removed,
      };
    },
    version,
    turn: oneAtATime(),
    places: busyPlaces(),
    driver,
    progress,
    signal: env.signal,
    gate: openGate({
      policy: spec.policy.document,
      tools: spec.tools,
      rules: spec.rules,
      inspect: (path) => spec.sandbox.inspect(path),
      nowMs: () => Number(last / 1_000_000n),
    }),
    totals: { tool_calls: 0, policy_checks: 0, denials: 0, attempts: 0 },
    head,
    proposalHead() {
      if (driver === "loop") return head();
      progress.step += 1;
      const proposed = head();
      steps.set(proposed.seq, proposed.step);
      busy.goes(last);
      return proposed;
    },
    goes: () => busy.goes(last),
    rests: () => busy.rests(last),
    over({ call }) {
      busy.rests(last);
      if (call !== undefined) steps.delete(call);
    },
    nextSeq: () => seq,
    now,
    seconds: () =>
      driver === "client"
        ? busy.secondsAt(last)
        : Number(last - (first ?? last)) / 1e9,
  };
  return session;
}

/** Under `worker` no tool runs in this process, and a function cannot be sent to another one. */
function refuseMisplaced(
  { policy, tools }: Pick<SessionSpec, "policy"> & {
    readonly tools: readonly Tool[];
  },
): void {
  if (policy.document.sandbox.isolation !== "worker") return;
  for (const { name, isolation } of tools) {
    if (isolation === "worker") continue;
    throw new RangeError(
      `Cannot run the tool "${name}" in a Worker, as the policy's sandbox.isolation says: it is a function of this process; have a module serve it with serveTools`,
    );
  }
}
