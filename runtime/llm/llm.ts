import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { ProposedCall } from "../record/event.ts";
import type { ModelSettings } from "../record/model_settings.ts";
import { type NoAnswer, noAnswerSchema } from "./no_answer.ts";
import { modelNameSchema } from "../record/model_name.ts";
import { type Usage, usageSchema } from "../record/usage.ts";

/** One turn of the conversation. */
export type Message =
  | { readonly role: "user"; readonly content: string }
  | {
    readonly role: "assistant";
    readonly calls: readonly ProposedCall[];
    /** What came with the calls and goes back with them, as `LlmOutput.turn` has it. */
    readonly turn?: Json | undefined;
  }
  | {
    readonly role: "tool";
    readonly call_id: string;
    readonly tool: string;
    /** The tool's result, or why it has no result, as JSON. */
    readonly content: string;
  };

/** What a model is given. */
export interface LlmInput {
  /** The loop's turn, from 1. */
  readonly step: number;
  /** The conversation so far; it grows from step to step. */
  readonly messages: readonly Message[];
  /** The tools that the policy allows; a call of any other would be denied. */
  readonly tools: readonly ToolDefinition[];
  /** What goes with the request beside the conversation. Default: nothing. */
  readonly settings?: ModelSettings | undefined;
}

/**
 * What a model returns: exactly one of an answer, calls, or the reason for
 * having neither. An unknown key is an error.
 */
export interface LlmOutput {
  /** The final answer; not empty. */
  readonly answer?: string | undefined;
  /** At least one call. */
  readonly calls?: readonly ProposedCall[] | undefined;
  /** Why there is no answer and no call; the run ends with it. */
  readonly no_answer?: NoAnswer | undefined;
  /** Tokens used; an error when it is missing while the policy limits tokens or cost. */
  readonly usage?: Usage | undefined;
  /**
   * The model that answered, in its provider's words, up to 512 characters.
   * Default: the one that was asked.
   */
  readonly model?: string | undefined;
  /** Why the model stopped, in the provider's words: `stop`, `tool_calls`. */
  readonly finish_reason?: string | undefined;
  /** Text that the model wrote beside its calls, or instead of an answer. */
  readonly raw?: string | undefined;
  /**
   * What came with an answer or calls and is not in them, such as reasoning and its
   * signatures: any JSON that the same model understands, up to 2^20 characters.
   * It is on record, and goes back with the calls in the next request.
   */
  readonly turn?: Json | undefined;
}

/** A model. It is asked once a step; when it throws, the run ends. `signal` cancels it. */
export type Llm = (input: LlmInput, signal: AbortSignal) => Promise<LlmOutput>;

/** An output of the form that was asked for, or what is wrong with it. */
export type JudgedOutput =
  | { readonly ok: true; readonly output: LlmOutput }
  | {
    readonly ok: false;
    readonly reason: string;
    /** The parts that can still be used, and the whole output as JSON. */
    readonly output: Pick<
      LlmOutput,
      "usage" | "model" | "finish_reason" | "raw"
    >;
  };

/** Far more than any model reasons in one answer. */
const MAX_TURN_LENGTH = 2 ** 20;

const text = z.string();
const json = z.custom<Json>((value) => value !== undefined, "expected JSON");
const nonEmpty = z.string().check(z.minLength(1));

const llmOutput: z.ZodMiniType<LlmOutput> = z.strictObject({
  answer: z.optional(nonEmpty),
  calls: z.optional(
    z.array(z.strictObject({ id: nonEmpty, tool: text, args_json: text }))
      .check(z.minLength(1)),
  ),
  no_answer: z.optional(noAnswerSchema),
  usage: z.optional(usageSchema),
  model: z.optional(modelNameSchema),
  finish_reason: z.optional(text),
  raw: z.optional(text),
  turn: z.optional(json),
});

/** The valid parts of an output whose form is wrong. */
const salvaged = z.object({
  usage: z.catch(z.optional(usageSchema), undefined),
  model: z.catch(z.optional(modelNameSchema), undefined),
  finish_reason: z.catch(z.optional(text), undefined),
});

/**
 * Judges what a model gave back. Usage that is missing while the policy limits
 * what it counts, negative or fractional is an error, never a credit.
 */
export function judgeOutput(
  output: unknown,
  { limited }: {
    /** What the policy limits by usage; `undefined` for nothing. */
    readonly limited: "tokens" | "cost" | undefined;
  },
): JudgedOutput {
  const parsed = llmOutput.safeParse(output);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") || "the output";
    return malformed(`${place}: ${issue?.message}`, output);
  }
  const { answer, calls, no_answer, usage, finish_reason } = parsed.data;
  const given = Object.entries({ answer, calls, no_answer })
    .filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const found = given.map(([name]) => name).join(" and ") || "neither";
    const why = finish_reason === undefined
      ? ""
      : ` (finish_reason: ${finish_reason})`;
    return malformed(
      `expected an answer or calls, found ${found}${why}`,
      output,
    );
  }
  const turn = JSON.stringify(parsed.data.turn) ?? "";
  if (turn.length > MAX_TURN_LENGTH) {
    return malformed(
      `turn: it has ${turn.length} characters, more than ${MAX_TURN_LENGTH}`,
      output,
    );
  }
  if (usage === undefined && limited !== undefined && no_answer === undefined) {
    return malformed(
      `usage: missing, while the policy limits ${limited}`,
      output,
    );
  }
  return { ok: true, output: parsed.data };
}

function malformed(reason: string, output: unknown): JudgedOutput {
  const { usage, model, finish_reason } = salvaged.safeParse(output).data ?? {};
  const raw = rawText(output);
  const named = model === undefined ? {} : { model };
  return { ok: false, reason, output: { usage, ...named, finish_reason, raw } };
}

function rawText(output: unknown): string {
  try {
    return JSON.stringify(output) ?? String(output);
  } catch {
    return Object.prototype.toString.call(output);
  }
}
