import { isOnVirtualClock } from "../../evidence/report/run_clock.ts";
import { isLastOfCall } from "../../evidence/open_calls.ts";
import { NOBODY } from "../../policy/answer.ts";
import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
  RunEvent,
  ToolFinished,
} from "../../runtime/record/event.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import {
  askingAgain,
  askingModel,
  askingPerson,
  type Doing,
  runningAgain,
  runningTool,
} from "./doing.ts";

/** What a run does, a line a step; where a client drives it, a line a call. */
export interface StepProgress {
  /** Takes the next event, which came at `nowMs`; returns the line of the step that ends with it. */
  push(event: RunEvent, nowMs: number): string | undefined;
  /** What goes on at `nowMs`, on one line; empty when nothing does. */
  status(nowMs: number): string;
  /** Whether a call waits for a person. */
  readonly isAsked: boolean;
}

/** A step that is not over, or a call of a client. */
interface OpenStep {
  readonly step: number;
  /** What was done, in order. */
  readonly done: string[];
  /** What goes on, by the number of its call; what the model does under none. */
  readonly doing: Map<number | undefined, Doing>;
}

/** Shorter times are not worth their place on a line, in milliseconds. */
const NOTABLE_MS = 1000;

/** Begins with the first event of a run. */
export function stepProgress(): StepProgress {
  const open = new Map<number, OpenStep>();
  let isClients = false;
  /** Whether the time that passes is part of the run. */
  let isTimed = false;

  function keyOf({ step, call, seq }: RunEvent): number {
    return isClients ? call ?? seq : step;
  }

  /** How a line begins: clients do not say what their steps are. */
  function named(number: number): string {
    return `${isClients ? "call" : "step"} ${number}`;
  }

  function stepOf(event: RunEvent): OpenStep {
    const key = keyOf(event);
    const found = open.get(key) ??
      { step: event.step, done: [], doing: new Map() };
    open.set(key, found);
    return found;
  }

  /** How long something took; nothing where that is not worth a word. */
  function took(doing: Doing | undefined, nowMs: number): string {
    const ms = doing === undefined ? 0 : nowMs - doing.sinceMs;
    return isTimed && ms >= NOTABLE_MS ? `${(ms / 1000).toFixed(1)} s` : "";
  }

  function follow(event: RunEvent, nowMs: number): void {
    const { done, doing } = stepOf(event);
    // In a record of version 1 no event names its call.
    const now = doing.get(event.call);
    switch (event.type) {
      case "step_started":
        doing.set(event.call, askingModel(nowMs));
        return;
      case "llm_completed": {
        const said = answered(event, took(now, nowMs));
        if (said !== undefined) done.push(said);
        doing.delete(event.call);
        return;
      }
      case "policy_checked":
        doing.delete(event.call);
        if (effectOf(event) === "escalate") {
          doing.set(event.call, askingPerson(toolOf(event), nowMs));
        }
        if (effectOf(event) === "deny") done.push(denied(event));
        return;
      case "approval_resolved":
        doing.delete(event.call);
        done.push(
          event.approver === NOBODY
            ? "nobody approved it"
            : `${event.verdict} by ${oneLine(event.approver, 60)}`,
        );
        return;
      case "tool_started":
        doing.set(event.call, runningTool(toolOf(event), nowMs));
        return;
      case "attempt_finished":
        if (event.outcome !== "transient_failure" || now === undefined) return;
        doing.set(event.call, again(event, now, nowMs));
        return;
      case "tool_finished":
        done.push(
          finished(event) + nth(now?.attempt) + within(took(now, nowMs)),
        );
        doing.delete(event.call);
        return;
    }
  }

  /** What comes after an attempt that failed. */
  function again(event: AttemptFinished, now: Doing, nowMs: number): Doing {
    return event.call_id === null
      ? askingAgain(now, event, nowMs)
      : runningAgain(now, event, nowMs);
  }

  return {
    push(event, nowMs) {
      switch (event.type) {
        case "run_started": {
          isClients = event.llm.execution_path === "client";
          isTimed = !isOnVirtualClock(event);
          return undefined;
        }
        case "tools_changed":
        case "run_finished":
          return undefined;
      }
      follow(event, nowMs);
      const isOver = isClients
        ? isLastOfCall(event)
        : event.type === "step_finished";
      if (!isOver) return undefined;
      const { step, done } = stepOf(event);
      open.delete(keyOf(event));
      if (event.type === "step_finished" && event.failure_mode !== null) {
        done.push(event.failure_mode);
      }
      return `${named(step)}: ${done.length === 0 ? "ended" : done.join("; ")}`;
    },
    status: (nowMs) =>
      [...open.values()].filter(({ doing }) => doing.size > 0).map((
        { step, doing },
      ) =>
        `${named(step)}: ${
          [...doing.values()].map((each) => each.text(nowMs)).join(", ")
        }`
      ).join("; "),
    get isAsked() {
      return [...open.values()].some(({ doing }) =>
        [...doing.values()].some(({ isAsked }) => isAsked)
      );
    },
  };
}

/** What the model did, unless the calls that it proposed say it. */
function answered(
  { answer, error }: LlmCompleted,
  time: string,
): string | undefined {
  if (error !== null) {
    return `the model failed (${oneLine(error.type, 60)})${within(time)}`;
  }
  if (answer !== null) return `answered${within(time)}`;
  return time === "" ? undefined : `the model took ${time}`;
}

function nth(attempt = 1): string {
  return attempt === 1 ? "" : ` at attempt ${attempt}`;
}

function within(time: string): string {
  return time === "" ? "" : ` in ${time}`;
}

function denied(event: PolicyChecked): string {
  return `${toolOf(event)} denied by ${event.rule_id}`;
}

function finished(event: ToolFinished): string {
  const { error, redirect } = event;
  const tool = toolOf(event);
  if (error !== null) return `${tool} failed (${oneLine(error.type, 60)})`;
  return redirect === null ? `${tool} done` : `${tool} redirected`;
}

function toolOf({ tool }: { readonly tool: string | null }): string {
  return tool === null ? "the run" : oneLine(tool, 40) || "a nameless tool";
}
