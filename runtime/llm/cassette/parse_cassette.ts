import { sha256Text } from "../../../tools/data/sha256.ts";
import { z } from "../../../deps.ts";
import type { Json } from "../../../tools/data/json.ts";
import { InputError, unusable } from "../../../tools/data/input_error.ts";
import { spellPath } from "../../../tools/data/spell_path.ts";
import { EXECUTION_PATHS } from "../../record/vocabulary.ts";
import {
  jsonObjectSchema,
  proposedCallSchema,
  recordedErrorSchema,
} from "../../record/ledger_line.ts";
import type { LlmOutput, Message } from "../llm.ts";
import { modelSettingsSchema } from "../../record/model_settings.ts";
import {
  type Cassette,
  type CassetteHead,
  type Exchange,
  requestDigest,
} from "./cassette.ts";

const text = z.string();
const json = z.custom<Json>((value) => value !== undefined, "expected JSON");
const nonNegative = z.int().check(z.minimum(0));
/** Not checked here: the loop judges what a model returns. */
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
  settings: z.optional(modelSettingsSchema),
});

const message: z.ZodMiniType<Message> = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), content: text }),
  z.strictObject({
    role: z.literal("assistant"),
    calls: z.array(proposedCallSchema),
    turn: z.optional(json),
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

/**
 * Reads the text of a cassette, one JSON object a line; `source` names it in
 * errors. It accepts what editors leave: a byte order mark, Windows line ends,
 * blank lines at the end, or no newline there.
 *
 * @throws {InputError} when a line is not of the format, or a request is not what its digest names
 */
export function parseCassette(text: string, source: string): Cassette {
  const written = text.replace(/^\ufeff/, "").trimEnd();
  if (written === "") throw fault(source, 1, "the cassette is empty");
  const [first = "", ...others] = written.split("\n");
  // What was cut off is not JSON; what is may lack its line's end.
  const last = others.at(-1) ?? first;
  if (!text.endsWith("\n") && !isJson(last)) {
    throw fault(source, others.length + 1, "the line does not end");
  }
  const place = { source, line: 1 };
  const found = parseLine(first, head, place);
  const messages: Message[] = [];
  const exchanges = others.map((each, index) => {
    const line = index + 2;
    const parsed = parseLine(each, exchange, { source, line });
    messages.push(...parsed.messages);
    const digest = requestDigest(found.tools, messages, found.settings);
    if (digest === parsed.request_sha256) return parsed;
    throw fault(
      source,
      line,
      `request_sha256: the request that the lines up to here make has ${digest}`,
    );
  });
  return { sha256: sha256Text(text), head: found, exchanges };
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

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
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
  options: ErrorOptions = {},
): InputError {
  return unusable(source, message, { line, ...options });
}
