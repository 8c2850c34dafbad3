import type { ProposedCall } from "../../record/event.ts";
import type { LlmOutput } from "../llm.ts";
import type { NoAnswer } from "../no_answer.ts";
import { type ModelUsage, modelUsage } from "./model_usage.ts";
import { turnOf } from "./turn.ts";

/** What a provider's model gave back, as far as it is looked at. */
export interface ModelResult {
  readonly content: readonly ModelPart[];
  readonly finishReason: ModelFinish;
  readonly usage: ModelUsage;
  readonly response?: {
    /** The model that answered, in the provider's words. */
    readonly modelId?: string | undefined;
  } | undefined;
  /** What a provider wants back with the message as a whole, its reasoning included. */
  readonly message?: unknown;
}

/** Why a model stopped. */
export interface ModelFinish {
  /** `stop`, `length`, `content-filter`, `tool-calls`, `error`, `interrupted` or `other`. */
  readonly unified: string;
  /** The provider's own word. */
  readonly raw: string | undefined;
}

/** A part of an answer: `text`, `reasoning`, `tool-call` and others. */
export interface ModelPart {
  readonly type: string;
  /** Of text and reasoning. */
  readonly text?: string | undefined;
  /** Of a call, as are the next two. */
  readonly toolCallId?: string | undefined;
  readonly toolName?: string | undefined;
  /** The arguments as raw text; perhaps it is not JSON. */
  readonly input?: string | undefined;
  /** Whether the provider ran the tool itself. */
  readonly providerExecuted?: boolean | undefined;
  /** What the provider wants back with the part, such as a signature. */
  readonly providerMetadata?: unknown;
}

/** Words for a stop in the middle that the packages call a `stop`. */
const PAUSED = new Set(["pause_turn"]);

/**
 * Words of servers that the packages do not know, in lower case, with the reason
 * that each means; a missing or empty word does not speak against the answer.
 */
const WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    stop: [
      ...["", "stop", "stopped", "eos", "eos_token", "end", "end_turn"],
      ...["end_of_text", "stop_sequence", "stop_token", "stop_word"],
      ...["complete", "completed", "done", "finish", "finished", "success"],
      ...["finish_reason_unspecified", "null", "none"],
    ],
    "tool-calls": [
      ...["tool_call", "tool_calls", "tool_use", "tool-calls", "tool"],
      ...["function_call", "function_calls", "functioncall"],
    ],
    length: [
      ...["length", "max_tokens", "max_length", "max_output_tokens"],
      ...["model_length", "token_limit", "context_length_exceeded"],
      "model_context_window_exceeded",
    ],
    "content-filter": [
      ...["content_filter", "content_filtered", "sensitive", "safety"],
      ...["content_policy", "content_policy_violation", "moderation"],
      ...["blocked", "blocklist", "recitation", "prohibited_content", "spii"],
      ...["guardrail_intervened", "censored", "risk", "risky", "refusal"],
    ],
  }).flatMap(([unified, words]) =>
    words.map((word): readonly [string, string] => [word, unified])
  ),
);

/** Why the model stopped; also reads provider words that the package does not know. */
function understood({ unified, raw = "" }: ModelFinish): ModelFinish {
  const word = raw.trim();
  return {
    unified: unified === "other"
      ? WORDS.get(word.toLowerCase()) ?? unified
      : unified,
    raw: word === "" ? undefined : word,
  };
}

/** Words of a filtered answer that the model itself refused: Anthropic's, OpenAI's. */
const REFUSED = new Set(["refusal", "stop"]);

/**
 * Turns a complete model answer into an answer or calls:
 *
 * - calls, when there are any and the model stopped for them (or just stopped);
 *   text beside them is `raw`, and arguments stay the text that they are;
 * - an answer, when the model just stopped and wrote some text.
 *
 * What came with either, such as reasoning, is `turn`; see `turnOf`.
 *
 * Everything else ends the run. Then `raw` is the content as JSON, and
 * `finish_reason` has both words for why the model stopped; `no_answer` names a
 * refusal, an answer that was filtered, cut off or empty (including a cut-off
 * call, whose arguments may be incomplete), a stop in the middle or for an
 * unknown reason, and a tool that the provider ran itself, past the policy. One
 * case is left for the loop to refuse: calls that were announced and are
 * missing.
 */
export function modelOutput(
  { content, finishReason: given, usage, message }: ModelResult,
): LlmOutput {
  const finishReason = understood(given);
  const tokens = modelUsage(usage);
  const counted = tokens === undefined ? {} : { usage: tokens };
  const { unified, raw } = finishReason;
  const stopped = unified === "stop" && !PAUSED.has(raw ?? "");
  const called = content.filter(({ type }) => type === "tool-call");
  const text = content.filter(({ type }) => type === "text")
    .map(({ text = "" }) => text).join("");
  const isEmpty = called.length === 0 && text.trim() === "";
  const word = raw ?? (given.unified === "other" ? undefined : unified);
  const said = word === undefined ? {} : { finish_reason: word };
  const turn = turnOf({ content, message });
  const carried = turn === undefined ? {} : { turn };

  const no_answer = content.some((part) => part.providerExecuted === true)
    ? "provider_tool_call"
    : stopped && isEmpty
    ? "empty_answer"
    : withheld(finishReason);
  if (no_answer !== undefined) {
    return { no_answer, ...counted, ...unusable(finishReason, content) };
  }
  if (called.length > 0 && (stopped || unified === "tool-calls")) {
    const calls = called.map(proposed);
    const beside = text === "" ? {} : { raw: text };
    return { calls, ...counted, ...said, ...beside, ...carried };
  }
  if (stopped) {
    return { answer: text, ...counted, ...said, ...carried };
  }
  return { ...counted, ...unusable(finishReason, content) };
}

/** What the reason to stop says about an incomplete answer. */
function withheld({ unified, raw = "" }: ModelFinish): NoAnswer | undefined {
  switch (unified) {
    case "length":
      return "length";
    case "content-filter":
      return REFUSED.has(raw) ? "refusal" : "content_filter";
    case "stop":
      return PAUSED.has(raw) ? "unfinished" : undefined;
    case "tool-calls":
      return undefined;
  }
  return "unfinished";
}

function proposed(
  { toolCallId = "", toolName = "", input = "" }: ModelPart,
): ProposedCall {
  // Some servers write nothing where there is nothing to say.
  const args_json = input.trim() === "" ? "{}" : input;
  return { id: toolCallId, tool: toolName, args_json };
}

function unusable(
  { unified, raw }: ModelFinish,
  content: readonly ModelPart[],
): LlmOutput {
  return {
    finish_reason: raw === undefined || raw === unified
      ? unified
      : `${unified}: ${raw}`,
    raw: JSON.stringify(content.map(recordedPart)),
  };
}

/** Without what a package adds for itself. */
function recordedPart(part: ModelPart): ModelPart {
  const { type, text, toolCallId, toolName, input, providerExecuted } = part;
  return { type, text, toolCallId, toolName, input, providerExecuted };
}
