import { z } from "../../deps.ts";
import { isObject, type Json, type JsonObject } from "../../tools/data/json.ts";
import { LABELS } from "../../tools/label.ts";
import { RULE_IDS } from "../../policy/rule.ts";
import type { ProposedCall, RecordedError, RunEvent } from "./event.ts";
import {
  ATTEMPT_OUTCOMES,
  EXECUTION_PATHS,
  FAILURE_KINDS,
  TERMINAL_REASONS,
} from "./vocabulary.ts";
import { FAILURE_MODES } from "./failure.ts";
import { modelNameSchema } from "./model_name.ts";
import { modelSettingsSchema } from "./model_settings.ts";
import { runTotalsSchema } from "./run_totals.ts";
import { usageSchema } from "./usage.ts";

/** An event as a ledger holds it: linked to the line before, and sealed. */
export type LedgerLine = RunEvent & {
  readonly prev: string;
  readonly hash: string;
};

const sha256 = z.string().check(
  z.regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
);
/** Thirty digits are more than any clock shows, and quickly read. */
const time = z.string().check(
  z.regex(/^(0|[1-9]\d{0,29})$/, "expected nanoseconds"),
);
const count = z.int().check(z.minimum(0));
const text = z.string();
/** It comes from `JSON.parse`; a copy would lose a key named `__proto__`. */
const json = z.custom<Json>((value) => value !== undefined, "expected JSON");

/** The schema of a JSON object with any content. */
export const jsonObjectSchema: z.ZodMiniType<JsonObject> = z.custom<JsonObject>(
  isObject,
  "expected an object",
);
/** The schema of a call as a model proposed it, in a ledger and a cassette. */
export const proposedCallSchema: z.ZodMiniType<ProposedCall> = z.strictObject({
  id: text,
  tool: text,
  args_json: text,
});
const ruleId = z.enum(RULE_IDS);

/** The schema of an error, in a ledger and a cassette. */
export const recordedErrorSchema: z.ZodMiniType<RecordedError> = z.strictObject(
  {
    kind: z.enum(FAILURE_KINDS),
    type: text,
    exception_class: text,
    message: text,
  },
);

const error = z.nullable(recordedErrorSchema);

const usage = z.nullable(usageSchema);

const facts = z.strictObject({
  args_error: z.nullable(z.strictObject({ reason: text, path: text })),
  paths: z.array(z.strictObject({
    path: text,
    resolved: text,
    inside: z.boolean(),
    via_link: z.boolean(),
    dotdot_after_link: z.boolean(),
    special: z.boolean(),
    hard_linked: z.boolean(),
    closed: z.optional(z.literal(true)),
  })),
  hosts: z.array(z.strictObject({
    host: text,
    addresses: z.array(z.strictObject({ address: text, range: text })),
  })),
  args: z.optional(json),
});

const tool = z.strictObject({
  name: text,
  description: text,
  effects: z.strictObject({
    fetches: z.array(text),
    reads: z.array(text),
    writes: z.array(text),
  }),
  idempotent: z.boolean(),
  input_schema: jsonObjectSchema,
  labels: z.optional(z.array(z.enum(LABELS))),
  definition_sha256: z.optional(sha256),
  undescribed: z.optional(z.literal(true)),
});

/** A line of one type: its head, its own keys, its links; nothing else. */
function line<
  Type extends string,
  Body extends z.core.$ZodShape,
>(
  type: Type,
  body: Body,
) {
  return z.strictObject({
    v: z.literal([1, 2]),
    seq: count,
    ts: time,
    step: count,
    call: z.optional(count),
    type: z.literal(type),
    ...body,
    prev: sha256,
    hash: sha256,
  });
}

/** The schema of `state.jsonl`, key order included. */
const ledgerLine: z.ZodMiniType<LedgerLine> = z.discriminatedUnion("type", [
  line("run_started", {
    run_id: text,
    runtime_version: z.optional(text),
    seed: z.int(),
    task: z.strictObject({ id: text, question: text, sha256, text }),
    policy: z.strictObject({
      version: z.string().check(z.regex(/^[0-9a-f]{12}$/)),
      sha256,
      text,
    }),
    llm: z.strictObject({
      execution_path: z.enum(EXECUTION_PATHS),
      provider: text,
      model: text,
      script_sha256: z.nullable(sha256),
      settings: z.optional(modelSettingsSchema),
    }),
    corpus: z.strictObject({ sha256, documents: count }),
    tools: z.array(tool),
    mode: z.optional(z.literal("audit")),
    sandbox: z.optional(z.literal("elsewhere")),
  }),
  line("step_started", {}),
  line("llm_completed", {
    started_at: time,
    answer: z.nullable(text),
    calls: z.array(proposedCallSchema),
    usage,
    finish_reason: z.nullable(text),
    raw: z.nullable(text),
    error,
    turn: z.optional(json),
    answered_by: z.optional(modelNameSchema),
  }),
  line("tools_changed", { tools: z.array(tool), removed: z.array(text) }),
  line("call_proposed", { call_id: text, tool: text, args_json: text }),
  line("policy_checked", {
    started_at: time,
    call_id: z.nullable(text),
    tool: z.nullable(text),
    decision: z.enum(["allow", "deny", "escalate"]),
    rule_id: z.nullable(ruleId),
    reason: z.nullable(text),
    metadata: z.record(text, z.union([text, z.number(), z.boolean()])),
    call_sha256: z.nullable(sha256),
    facts: z.nullable(facts),
    asked: z.optional(
      z.array(z.strictObject({ rule_id: ruleId, clause: text, reason: text })),
    ),
    enforced: z.optional(z.literal(false)),
  }),
  line("approval_resolved", {
    call_id: text,
    approver: text,
    verdict: z.enum(["approved", "rejected"]),
    bound_to: sha256,
  }),
  line("tool_started", {
    call_id: text,
    tool: text,
    args: json,
    idempotency_key: sha256,
  }),
  line("attempt_finished", {
    started_at: time,
    call_id: z.nullable(text),
    attempt: z.int().check(z.minimum(1)),
    outcome: z.enum(ATTEMPT_OUTCOMES),
    backoff_ms: count,
    error,
  }),
  line("tool_finished", {
    call_id: text,
    tool: text,
    result: json,
    redirect: z.nullable(jsonObjectSchema),
    error,
  }),
  line("step_finished", {
    failure_mode: z.nullable(z.enum(FAILURE_MODES.map(({ id }) => id))),
  }),
  line("run_finished", {
    terminal_reason: z.enum(TERMINAL_REASONS),
    answer: z.nullable(text),
    reason: z.optional(text),
    totals: runTotalsSchema,
  }),
]);

/**
 * Parses one line of a ledger, strictly; its hash is not checked here.
 *
 * @throws {SyntaxError} when the text is not JSON
 * @throws {TypeError} when it is not an event, with the path of the first problem
 */
export function parseLedgerLine(text: string): LedgerLine {
  const result = ledgerLine.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = [issue?.path.join("."), issue?.message].filter(Boolean);
  throw new TypeError(`Cannot read a ledger line: ${place.join(": ")}`);
}
