import { sha256Text } from "../../../tools/data/sha256.ts";
import type { JsonObject } from "../../../tools/data/json.ts";
import type { ToolDefinition } from "../../../tools/tool.ts";
import type { RecordedError } from "../../record/event.ts";
import type { ExecutionPath } from "../../record/vocabulary.ts";
import type { LlmOutput, Message } from "../llm.ts";
import {
  givenSettings,
  type ModelSettings,
} from "../../record/model_settings.ts";
import { recordedTool } from "../../record/recorded_tool.ts";

/** The first line of a cassette: which model was asked, and with which tools. */
export interface CassetteHead {
  /** Version of the format; always 1 so far. */
  readonly v: 1;
  /** Tells the line apart. */
  readonly type: "cassette";
  /** The model that was asked, as in `ModelInfo`. */
  readonly llm: {
    readonly execution_path: ExecutionPath;
    readonly provider: string;
    readonly model: string;
  };
  /** What went with each request as its seed; `null` for nothing. */
  readonly seed: number | null;
  /** The tools that the model was offered, the same in each request. */
  readonly tools: readonly ToolDescription[];
  /**
   * What else went with each request. Older cassettes lack it; their model was
   * offered every tool, including those that the policy denies.
   */
  readonly settings?: ModelSettings | undefined;
}

/** A tool as a model is told of it. */
export interface ToolDescription {
  /** The exact name by which a model calls the tool. */
  readonly name: string;
  /** One line that says what the tool is for. */
  readonly description: string;
  /** JSON Schema 2020-12 of the arguments. */
  readonly input_schema: JsonObject;
}

/** Any other line of a cassette: one request and its outcome. */
export interface Exchange {
  /** Version of the format. */
  readonly v: 1;
  /** Tells the line apart. */
  readonly type: "exchange";
  /** The loop's turn, from 1. */
  readonly step: number;
  /** See `requestDigest`. */
  readonly request_sha256: string;
  /** The messages that the request before did not have. */
  readonly messages: readonly Message[];
  /** What the model gave back; `null` when it failed. */
  readonly output: LlmOutput | null;
  /** How it failed, as the ledger has it. */
  readonly error: RecordedError | null;
  /** How long the server asked to wait, in milliseconds. */
  readonly retry_after_ms: number;
}

/** A cassette that was read and found sound. */
export interface Cassette {
  /** SHA-256 of the file's text, 64 hex digits. */
  readonly sha256: string;
  /** Its first line. */
  readonly head: CassetteHead;
  /** In the order in which the model was asked. */
  readonly exchanges: readonly Exchange[];
}

/** What a model is told of the tools that it may call. */
export function toolDescriptions(
  definitions: readonly ToolDefinition[],
): readonly ToolDescription[] {
  return definitions.map((each) => {
    const { name, description, input_schema } = recordedTool(each);
    return { name, description, input_schema };
  });
}

/**
 * Names a request: the SHA-256, 64 hex digits, of the JSON object of `tools` and
 * `messages`, and of `settings` when there are any, in this order, without spaces
 * and with the keys of each as `ToolDescription`, `Message` and `ModelSettings` list
 * them.
 */
export function requestDigest(
  tools: readonly ToolDescription[],
  messages: readonly Message[],
  settings?: ModelSettings,
): string {
  const given = givenSettings(settings);
  return sha256Text(JSON.stringify({ tools, messages, settings: given }));
}
