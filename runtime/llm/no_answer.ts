import { z } from "../../deps.ts";
import type { RecordedError } from "../record/event.ts";

/** The known reasons for a model output without an answer or a call. */
export const NO_ANSWERS = [
  "refusal",
  "content_filter",
  "length",
  "empty_answer",
  "unfinished",
  "provider_tool_call",
] as const;

/** Why a model output has no answer and no call. */
export type NoAnswer = typeof NO_ANSWERS[number];

/** These texts are on record, and a replay compares them: never reword one. */
const MEANINGS: Readonly<Record<NoAnswer, string>> = {
  refusal: "the model refused to answer",
  content_filter: "a content filter stopped the answer",
  length: "the answer was cut off at the limit of its length",
  empty_answer: "the model stopped with neither an answer nor a call",
  unfinished:
    "the model stopped before it was done, or for a reason that nobody knows",
  provider_tool_call: "the provider ran a tool itself, past the policy",
};

/** The schema of a `NoAnswer`. */
export const noAnswerSchema: z.ZodMiniType<NoAnswer> = z.enum(NO_ANSWERS);

const EXCEPTION_CLASS = "NoAnswer";

/** The error that is recorded for it, with the provider's own word if it gave one. */
export function noAnswerError(
  reason: NoAnswer,
  finishReason: string | undefined,
): RecordedError {
  const text = MEANINGS[reason];
  return {
    kind: "unhandled",
    type: reason,
    exception_class: EXCEPTION_CLASS,
    message: finishReason === undefined
      ? text
      : `${text} (finish_reason: ${finishReason})`,
  };
}

/** The reason that a recorded error means, if it means one. */
export function recordedNoAnswer(
  { type, exception_class }: RecordedError,
): NoAnswer | undefined {
  return exception_class === EXCEPTION_CLASS
    ? noAnswerSchema.safeParse(type).data
    : undefined;
}
