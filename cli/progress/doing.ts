import type { AttemptFinished } from "../../runtime/record/event.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";

/** Something that goes on in a run. */
export interface Doing {
  /** When it began, in milliseconds. */
  readonly sinceMs: number;
  /** The tool that runs, if one does. */
  readonly tool?: string;
  /** What it is at a time, for people. */
  text(nowMs: number): string;
  /** Whether it waits for a person. */
  readonly isAsked: boolean;
  /** Number of the attempt that goes on or comes next. */
  readonly attempt: number;
}

/** A model was asked at a time. */
export function askingModel(nowMs: number): Doing {
  return doing(nowMs, (now) => `asking the model${lasting(now - nowMs)}`);
}

/** A model failed, and is asked again after a wait. */
export function askingAgain(
  { sinceMs }: Doing,
  { attempt, backoff_ms, error }: AttemptFinished,
  nowMs: number,
): Doing {
  const untilMs = nowMs + backoff_ms;
  return doing(
    sinceMs,
    (now) =>
      now < untilMs
        ? `the model failed${because(error)}, asking again in ${
          seconds(untilMs - now)
        }`
        : `asking the model${lasting(now - untilMs)}, attempt ${attempt + 1}`,
  );
}

/** A call waits for a person. */
export function askingPerson(tool: string, nowMs: number): Doing {
  return {
    ...doing(
      nowMs,
      (now) => `${tool} waits for a person${lasting(now - nowMs)}`,
    ),
    isAsked: true,
  };
}

/** A tool runs. */
export function runningTool(tool: string, nowMs: number): Doing {
  return {
    ...doing(nowMs, (now) => `running ${tool}${lasting(now - nowMs)}`),
    tool,
  };
}

/** An attempt of a tool failed, and another one follows after a wait. */
export function runningAgain(
  { sinceMs, tool = "the tool" }: Doing,
  { attempt, backoff_ms, error }: AttemptFinished,
  nowMs: number,
): Doing {
  const untilMs = nowMs + backoff_ms;
  const text = (now: number) =>
    now < untilMs
      ? `${tool} failed${because(error)}, trying again in ${
        seconds(untilMs - now)
      }`
      : `running ${tool}${lasting(now - untilMs)}, attempt ${attempt + 1}`;
  return { ...doing(sinceMs, text, attempt + 1), tool };
}

function doing(sinceMs: number, text: Doing["text"], attempt = 1): Doing {
  return { sinceMs, text, isAsked: false, attempt };
}

/** For how long something has gone on; nothing in its first second. */
function lasting(ms: number): string {
  return ms < 1000 ? "" : ` for ${Math.floor(ms / 1000)} s`;
}

/** The seconds that are left, so that the last one is 1. */
function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}

function because(error: AttemptFinished["error"]): string {
  return error === null ? "" : ` (${oneLine(error.type, 60)})`;
}
