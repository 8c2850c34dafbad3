import { z } from "../../deps.ts";
import type { Json, JsonObject } from "../data/json.ts";
import type { Leftover } from "../sandbox/leftover.ts";
import { SANDBOX_ROOT } from "../sandbox/sandbox.ts";

/** An error on its way between threads: what the loop needs to classify it. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  /** What a `ToolError` says of itself. */
  readonly tool_error?: {
    readonly type: string;
    readonly transient: boolean;
    readonly retryAfterMs?: number | undefined;
  } | undefined;
  readonly cause?: SentError | undefined;
}

/** What a run asks of the Worker that holds its tools. */
export type WorkerRequest =
  | {
    readonly kind: "open";
    /** What the entry module makes its tools of; plain data. */
    readonly options: unknown;
  }
  | {
    readonly kind: "run";
    /** Names the attempt; the answer has the same. */
    readonly id: number;
    readonly tool: string;
    readonly args: unknown;
    readonly idempotency_key: string;
    readonly urls: ReadonlyMap<string, string>;
    readonly places: ReadonlyMap<string, string>;
  }
  | { readonly kind: "abort"; readonly id: number };

/** A message of the Worker. */
export type WorkerAnswer =
  | { readonly kind: "loaded" }
  | { readonly kind: "opened"; readonly tools: readonly string[] }
  | { readonly kind: "refused"; readonly error: SentError }
  | { readonly kind: "result"; readonly id: number; readonly result: Json }
  | {
    readonly kind: "redirect";
    readonly id: number;
    readonly args: JsonObject;
  }
  | { readonly kind: "error"; readonly id: number; readonly error: SentError }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "leftover"; readonly leftover: Leftover };

const sentError: z.ZodMiniType<SentError> = z.strictObject({
  name: z.string(),
  message: z.string(),
  tool_error: z.optional(
    z.strictObject({
      type: z.string(),
      transient: z.boolean(),
      retryAfterMs: z.optional(z.number()),
    }),
  ),
  get cause() {
    return z.optional(sentError);
  },
});
const id = z.int();
/** The loop makes plain JSON of it anyway. */
const json = z.custom<Json>((value) => value !== undefined, "expected JSON");

const workerAnswer: z.ZodMiniType<WorkerAnswer> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("loaded") }),
  z.strictObject({ kind: z.literal("opened"), tools: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("refused"), error: sentError }),
  z.strictObject({ kind: z.literal("result"), id, result: json }),
  z.strictObject({
    kind: z.literal("redirect"),
    id,
    args: z.record(z.string(), json),
  }),
  z.strictObject({ kind: z.literal("error"), id, error: sentError }),
  z.strictObject({ kind: z.literal("note"), text: z.string() }),
  z.strictObject({
    kind: z.literal("leftover"),
    leftover: z.strictObject({
      kind: z.enum(["file", "directory"]),
      // Paths of the machine stay out of the record.
      place: z.string().check(z.startsWith(`${SANDBOX_ROOT}/`)),
    }),
  }),
]);

/** Reads a message of a Worker; `undefined` for a message that ours do not send. */
export function readAnswer(data: unknown): WorkerAnswer | undefined {
  const parsed = workerAnswer.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
