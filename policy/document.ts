import { z } from "../deps.ts";
import { parseHostEntry } from "./host_entry.ts";

/** What a policy file says, key by key. */
export interface PolicyDocument {
  readonly version: 1;
  /** Whether a denial ends the run or is told to the model. */
  readonly on_deny: "terminate" | "continue";
  readonly tool_registry: {
    /** Exact names of the tools that may be called. */
    readonly allowed: readonly string[];
    /** Exact names of tools that must not be called, whatever else is listed. */
    readonly denied: readonly string[];
  };
  /** `host`, `*.host`, `host:port` or `http://host[:port]`. */
  readonly url_allowlist: readonly string[];
  readonly sandbox: { readonly isolation: "process" };
  readonly arg_schema: {
    readonly enforcement: "strict";
    /** Bytes of UTF-8 that the arguments of one call may have. */
    readonly max_bytes: number;
    /** How deep objects and arrays may be nested. */
    readonly max_depth: number;
  };
  readonly loop_budget: LoopLimits;
  readonly cycle_detection: CycleLimits;
  readonly retry: RetryLimits;
}

/** How much one run may use; each limit is inclusive. */
export interface LoopLimits {
  readonly max_iterations: number;
  /** Unlimited when left out. */
  readonly max_tokens?: number | undefined;
  /** Unlimited when left out. */
  readonly max_tool_calls?: number | undefined;
}

/** How often an agent may do the same again. */
export interface CycleLimits {
  /** How many identical calls, or rounds of a rotation, a run may have. */
  readonly max_repeats: number;
  /** The longest rotation that is looked for, in calls. */
  readonly max_period: number;
}

/** How a transient failure is tried again. */
export interface RetryLimits {
  /** Attempts after the first one. */
  readonly max_retries: number;
  /** Milliseconds before the first retry; each further one waits twice as long. */
  readonly backoff_base_ms: number;
  /** The longest wait, in milliseconds. */
  readonly backoff_cap_ms: number;
}

const toolName = z.string().check(
  z.minLength(1, "expected a tool's name, found an empty one"),
  z.refine((name) => name.trim() === name, "spaces around a tool's name"),
);

const hostEntry = z.string().check((context) => {
  try {
    parseHostEntry(context.value);
  } catch (error) {
    context.issues.push({
      code: "custom",
      input: context.value,
      message: error instanceof Error ? error.message : String(error),
    });
  }
});

const limit = z.int().check(z.minimum(1, "a limit must be at least 1"));
/** At most a day: what overflows a timer would fire at once. */
const milliseconds = z.int().check(z.minimum(0), z.maximum(86_400_000));

/** The schema of a policy file; `v1.schema.json` is generated from it. */
export const policyDocument: z.ZodMiniType<PolicyDocument> = z.strictObject({
  version: z.literal(1),
  on_deny: z.enum(["terminate", "continue"]),
  tool_registry: z.strictObject({
    allowed: z.array(toolName).check(unique),
    denied: z.array(toolName).check(unique),
  }).check(
    z.refine(
      ({ allowed, denied }) => !allowed.some((name) => denied.includes(name)),
      "a tool is both allowed and denied; the entry under allowed can never match",
    ),
  ),
  url_allowlist: z.array(hostEntry).check(unique),
  sandbox: z.strictObject({ isolation: z.enum(["process"]) }),
  arg_schema: z.strictObject({
    enforcement: z.enum(["strict"]),
    max_bytes: limit.check(z.maximum(4 * 2 ** 20)),
    max_depth: limit.check(z.maximum(256)),
  }),
  loop_budget: z.strictObject({
    max_iterations: limit,
    max_tokens: z.optional(limit),
    max_tool_calls: z.optional(limit),
  }),
  cycle_detection: z.strictObject({
    max_repeats: limit,
    max_period: z.int().check(
      z.minimum(2, "a rotation has at least 2 calls"),
      z.maximum(64, "a rotation has at most 64 calls"),
    ),
  }),
  retry: z.strictObject({
    max_retries: z.int().check(z.minimum(0), z.maximum(100)),
    backoff_base_ms: milliseconds,
    backoff_cap_ms: milliseconds,
  }).check(
    z.refine(
      (retry) => retry.backoff_base_ms <= retry.backoff_cap_ms,
      "backoff_base_ms is larger than backoff_cap_ms",
    ),
  ),
});

function unique(context: z.core.ParsePayload<readonly string[]>): void {
  context.value.forEach((entry, index) => {
    if (context.value.indexOf(entry) === index) return;
    context.issues.push({
      code: "custom",
      input: entry,
      path: [index],
      message: `"${entry}" is listed twice`,
    });
  });
}

/** Returns the JSON Schema of a policy file, as it is kept in `v1.schema.json`. */
export function policyJsonSchema(): Record<string, unknown> {
  return {
    title: "Policy of a governed agent run, version 1",
    ...z.toJSONSchema(policyDocument),
  };
}
