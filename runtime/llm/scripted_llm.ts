import { sha256Text } from "../../tools/data/sha256.ts";
import { canonicalize } from "../../tools/data/canonicalize.ts";
import type { Json } from "../../tools/data/json.ts";
import type { Usage } from "../record/usage.ts";
import type { Llm, LlmOutput } from "./llm.ts";

/** What a scripted model gives back in one step. */
export interface ScriptStep {
  /** The final answer, not empty; instead of `calls`. */
  readonly answer?: string | undefined;
  /** At least one call, instead of `answer`; call `n` of step `m` gets the id `call_m_n`. */
  readonly calls?: readonly ScriptCall[] | undefined;
  /** `null` reports none. Default: no tokens used. */
  readonly usage?: Usage | null | undefined;
  /** Text beside an answer or calls; alone it is a malformed output. */
  readonly raw?: string | undefined;
}

/** A call of a script: arguments as a value, or as the model's raw text. */
export interface ScriptCall {
  /** The name that the model calls; there need not be such a tool. */
  readonly tool: string;
  /** The arguments as a value. Default: `{}`. */
  readonly args?: Json | undefined;
  /** The arguments as raw text, so that they can be malformed; wins over `args`. */
  readonly args_json?: string | undefined;
}

/** A model that follows a script. */
export interface ScriptedLlm {
  /** Returns the script's step for the loop's current step and ignores the messages. */
  readonly llm: Llm;
  /** How many steps of the script follow the last one that was asked for. */
  unused(): number;
  /** SHA-256 of the script in canonical JSON (RFC 8785), 64 hex digits. */
  readonly sha256: string;
}

/**
 * Makes a deterministic model of a list of steps. Being asked beyond the last one
 * is an error; `unused` tells of steps that were never reached.
 *
 * @throws {Error} when the script holds what canonical JSON cannot: a lone surrogate, NaN, an infinity
 */
export function scriptedLlm(script: readonly ScriptStep[]): ScriptedLlm {
  let asked = 0;
  return {
    sha256: sha256Text(canonicalize(script) ?? ""),
    unused: () => script.length - asked,
    llm({ step: number }) {
      const step = script[number - 1];
      if (step === undefined) {
        return Promise.reject(
          new RangeError(
            `Cannot answer in step ${number}: the script has ${script.length} steps`,
          ),
        );
      }
      asked = Math.max(asked, number);
      return Promise.resolve(outputOf(step, number));
    },
  };
}

function outputOf(step: ScriptStep, number: number): LlmOutput {
  const { answer, calls, raw, usage } = step;
  return {
    answer,
    calls: calls?.map(({ tool, args, args_json }, index) => ({
      id: `call_${number}_${index + 1}`,
      tool,
      args_json: args_json ?? JSON.stringify(args === undefined ? {} : args),
    })),
    usage: usage === null
      ? undefined
      : usage ?? { input_tokens: 0, output_tokens: 0 },
    finish_reason: calls === undefined ? "stop" : "tool_calls",
    raw,
  };
}
