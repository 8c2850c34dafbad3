import { hash } from "node:crypto";
import { z } from "../../deps.ts";
import { InputError } from "../../policy/input_error.ts";
import { spellPath } from "../../policy/spell_path.ts";
import type { JsonObject } from "../../tools/json.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import {
  EXECUTION_PATHS,
  type ExecutionPath,
  type RecordedError,
} from "../event.ts";
import {
  jsonObjectSchema,
  proposedCallSchema,
  recordedErrorSchema,
} from "../ledger_line.ts";
import type { LlmOutput, Message } from "../llm.ts";
import { recordedTool } from "../recorded_tool.ts";

/** The first line of a cassette: which model was asked, and with which tools. */
export interface CassetteHead {
  /** Version of the format; there is no other yet. */
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

/** Any other line of a cassette: one request, and what came of it. */
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

const text = z.string();
const nonNegative = z.int().check(z.minimum(0));
/** Not looked into: what a model gives back is for the loop to judge. */
const output = z.custom<LlmOutput>(
  (value) => jsonObjectSchema.safeParse(value).success,
  "expected an object",
);

const head: z.ZodMiniType<CassetteHead> = z.strictObject({
  v: z.literal(1),
  type: z.literal("cassette"),
  llm: z.strictObject({
    execution_path: z.enum(EXECUTION_PATHS),
    provider: text,
    model: text,
  }),
  seed: z.nullable(nonNegative),
  tools: z.array(
    z.strictObject({
      name: text,
      description: text,
      input_schema: jsonObjectSchema,
    }),
  ),
});

const message: z.ZodMiniType<Message> = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), content: text }),
  z.strictObject({
    role: z.literal("assistant"),
    calls: z.array(proposedCallSchema),
  }),
  z.strictObject({
    role: z.literal("tool"),
    call_id: text,
    tool: text,
    content: text,
  }),
]);

/** A run is cancelled from outside, and only tools report. */
const MODEL_FAILURES: ReadonlySet<string> = new Set([
  "transient",
  "unhandled",
  "permission_denied",
]);

/** Longer than the longest wait that a policy allows: a day, and its jitter. */
const MAX_RETRY_AFTER_MS = 2 * 86_400_000;

const exchange: z.ZodMiniType<Exchange> = z.strictObject({
  v: z.literal(1),
  type: z.literal("exchange"),
  step: z.int().check(z.minimum(1)),
  request_sha256: text,
  messages: z.array(message),
  output: z.nullable(output),
  error: z.nullable(recordedErrorSchema.check(z.refine(
    ({ kind, type }) => MODEL_FAILURES.has(kind) && type !== "",
    "expected an error that a model can have",
  ))),
  retry_after_ms: nonNegative.check(z.maximum(MAX_RETRY_AFTER_MS)),
}).check(
  z.refine(
    (each) => (each.output === null) !== (each.error === null),
    "expected either an output or an error",
  ),
);

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
 * `messages`, in this order, without spaces and with the keys of each as
 * `ToolDescription` and `Message` list them.
 */
export function requestDigest(
  tools: readonly ToolDescription[],
  messages: readonly Message[],
): string {
  return hash("sha256", JSON.stringify({ tools, messages }));
}

/**
 * Reads the text of a cassette, a JSON object a line; `source` names it in errors.
 *
 * @throws {InputError} when a line is not of the format, or a request is not what its digest names
 */
export function parseCassette(text: string, source: string): Cassette {
  if (text === "") throw fault(source, 1, "the cassette is empty");
  const [first = "", ...others] = text.split("\n");
  if (others.at(-1) !== "") {
    throw fault(source, others.length + 1, "the line does not end");
  }
  const place = { source, line: 1 };
  const found = parseLine(first, head, place);
  const messages: Message[] = [];
  const exchanges = others.slice(0, -1).map((each, index) => {
    const line = index + 2;
    const parsed = parseLine(each, exchange, { source, line });
    messages.push(...parsed.messages);
    const digest = requestDigest(found.tools, messages);
    if (digest === parsed.request_sha256) return parsed;
    throw fault(
      source,
      line,
      `request_sha256: the request that the lines up to here make has ${digest}`,
    );
  });
  return { sha256: hash("sha256", text), head: found, exchanges };
}

function parseLine<T>(
  text: string,
  schema: z.ZodMiniType<T>,
  { source, line }: { readonly source: string; readonly line: number },
): T {
  const result = schema.safeParse(parseJson(text, source, line));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = spellPath(issue?.path ?? []);
  throw new InputError(source, [{
    path,
    line,
    message: issue?.message ?? "it is not a line of a cassette",
  }]);
}

function parseJson(text: string, source: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fault(source, line, "the line is not JSON", { cause });
  }
}

function fault(
  source: string,
  line: number,
  message: string,
  options?: ErrorOptions,
): InputError {
  return new InputError(source, [{ path: "", line, message }], options);
}
