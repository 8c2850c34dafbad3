import type {
  AttemptFinished,
  LlmCompleted,
  RunStarted,
} from "../../../runtime/record/event.ts";
import {
  noAnswerError,
  recordedNoAnswer,
} from "../../../runtime/llm/no_answer.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import type { EventCheck } from "../event_check.ts";

/**
 * Checks that each answer of the model has a form that the loop accepts, and that
 * it follows from the tries before it.
 */
export function modelCheck(): EventCheck {
  let started: RunStarted | undefined;
  let last: AttemptFinished | undefined;
  let lost = false;
  return {
    push(event) {
      switch (event.type) {
        case "run_started":
          started ??= event;
          return [];
        case "step_started":
          last = undefined;
          lost = false;
          return [];
        case "attempt_finished":
          if (event.call_id === null) last = event;
          return [];
        case "llm_completed": {
          const tried = last;
          last = undefined;
          const message = outputFault(event) ??
            answererFault(event, started) ??
            (lost || started === undefined
              ? undefined
              : triesFault(event, tried, started));
          return message === undefined
            ? []
            : [{ code: "not_an_output", message }];
        }
      }
      return [];
    },
    lose() {
      lost = true;
    },
  };
}

/** Why a model that the loop asked cannot have returned this. */
function outputFault(event: LlmCompleted): string | undefined {
  const { answer, calls, error, raw, finish_reason } = event;
  if (answer === "") return "an answer is not empty";
  if (calls.some(({ id }) => id === "")) return "a call has an id";
  if (error === null) return undefined;
  if (error.type === "malformed_output") {
    return error.kind === "unhandled" &&
        error.exception_class === "MalformedOutput" && raw !== null
      ? undefined
      : "an output of the wrong form is not on record as one";
  }
  const noAnswer = recordedNoAnswer(error);
  if (noAnswer === undefined) return undefined;
  const due = noAnswerError(noAnswer, finish_reason ?? undefined);
  return valueDifference(due, error) === undefined
    ? undefined
    : "the error does not say why the model stopped";
}

/** Why the model that answered is not on record as the loop would have it. */
function answererFault(
  { answered_by }: LlmCompleted,
  started: RunStarted | undefined,
): string | undefined {
  return answered_by !== undefined && answered_by === started?.llm.model
    ? "answered_by is the model that was asked"
    : undefined;
}

/** Why an answer does not follow from its tries; a scripted model has none. */
function triesFault(
  { error }: LlmCompleted,
  tried: AttemptFinished | undefined,
  { llm }: RunStarted,
): string | undefined {
  if (llm.execution_path === "stub") {
    return tried === undefined
      ? undefined
      : "a scripted model is asked once, and no try is on record";
  }
  if (error?.kind === "cancelled") return undefined;
  if (tried === undefined) return "no try of the model is on record";
  if (tried.error === null) {
    const isJudged = error === null || error.kind === "unhandled";
    return isJudged ? undefined : "the last try succeeded";
  }
  return valueDifference(tried.error, error) === undefined
    ? undefined
    : "the error is not that of the last try";
}
