import { attempt, type Attempted } from "../../attempt/attempt.ts";
import type { Llm, LlmInput, LlmOutput } from "../llm.ts";
import { RecordedFailure } from "../../attempt/recorded_failure.ts";
import type { ModelInfo } from "../../run_spec.ts";
import {
  type CassetteHead,
  type Exchange,
  requestDigest,
  toolDescriptions,
} from "./cassette.ts";

/** What a cassette says of the model, and where its lines go. */
export interface Recording {
  /** How the record names the model that is asked. */
  readonly info: ModelInfo;
  /** What goes with each request as its seed. Default: none. */
  readonly seed?: number | undefined;
  /** Gets each line, its newline included, as soon as it is known. */
  readonly write: (line: string) => void;
}

/**
 * Asks a model and writes a cassette: for each request its digest and the
 * messages it adds to the conversation, then the answer or the failure. An
 * answer that comes after the run was cancelled is not written.
 */
export function recordingLlm(
  llm: Llm,
  { info, seed, write }: Recording,
): Llm {
  let head: CassetteHead | undefined;
  let known = 0;

  function begin({ tools, settings = {} }: LlmInput): CassetteHead {
    const { execution_path, provider, model } = info;
    const begun: CassetteHead = {
      v: 1,
      type: "cassette",
      llm: { execution_path, provider, model },
      seed: seed ?? null,
      tools: toolDescriptions(tools),
      settings,
    };
    write(`${JSON.stringify(begun)}\n`);
    return begun;
  }

  return async (input, signal) => {
    head ??= begin(input);
    const messages = [...input.messages];
    const request = {
      v: 1,
      type: "exchange",
      step: input.step,
      request_sha256: requestDigest(head.tools, messages, head.settings),
      messages: messages.slice(known),
    } as const;
    const attempted = await attempt(() => llm(input, signal), signal);
    const outcome = outcomeOf(attempted, signal);
    if (outcome !== undefined) {
      const exchange: Exchange = { ...request, ...outcome };
      write(`${JSON.stringify(exchange)}\n`);
      known = messages.length;
    }
    if (attempted.ok) return attempted.value;
    const { error, recorded, retryAfterMs } = attempted;
    throw recorded ?? new RecordedFailure(error, { retryAfterMs });
  };
}

/** The outcome of a request; `undefined` when it is unknown. */
function outcomeOf(
  attempted: Attempted<LlmOutput>,
  { aborted, reason }: AbortSignal,
): Pick<Exchange, "output" | "error" | "retry_after_ms"> | undefined {
  if (attempted.ok) {
    return { output: attempted.value, error: null, retry_after_ms: 0 };
  }
  const { error, recorded, retryAfterMs = 0 } = attempted;
  if (recorded?.lost) {
    // A malformed answer is on record as its own JSON.
    const { raw } = recorded.output;
    return raw === undefined
      ? undefined
      : { output: JSON.parse(raw), error: null, retry_after_ms: 0 };
  }
  if (!aborted) return { output: null, error, retry_after_ms: retryAfterMs };
  if (!(reason instanceof Error) || reason.name !== "TimeoutError") {
    return undefined;
  }
  return {
    output: null,
    error: {
      kind: "transient",
      type: "timeout",
      exception_class: reason.name,
      message: reason.message,
    },
    retry_after_ms: 0,
  };
}
