import { z } from "../../deps.ts";
import { described, optionalKey } from "../../tools/data/described.ts";
import { type Escalation, escalationSchema } from "../conditions/escalation.ts";
import { type MaxCost, maxCost } from "./max_cost.ts";
import type { Redaction } from "../redaction/redaction.ts";
import { redactionSchema } from "./redaction_schema.ts";
import { parseUrlEntry } from "../url_entry.ts";
import { checkClauses } from "./clauses.ts";
import {
  type CallLimit,
  callLimits,
  type DenyClause,
  denyClauses,
  type FlowClause,
  flowClauses,
  type RequireClause,
  requireClauses,
  type ToolTraits,
  toolTraits,
} from "./clauses.ts";
import { isNamed, toolPattern } from "../tool_pattern.ts";
import { unique } from "./unique.ts";

/** What a policy file says, key by key. */
export interface PolicyDocument {
  /** Version of the format; there is no other yet. */
  readonly version: 1;
  /**
   * `enforce`, or `audit`: every decision is made and recorded, and calls run all the
   * same, but for those that cannot run or would pass a wall of our own. Default: enforce.
   */
  readonly mode?: "enforce" | "audit" | undefined;
  /** Whether a denied call ends the run or is told to the model; a used-up budget always ends it. */
  readonly on_deny: "terminate" | "continue";
  /** Which tools may be called; one that is on neither list may not. */
  readonly tool_registry: {
    /** Exact names of the tools that may be called, or beginnings of names with a `*` after them: `fs.read_*`. */
    readonly allowed: readonly string[];
    /** Those of tools that must not be called, whatever else is listed. */
    readonly denied: readonly string[];
    /** SHA-256 of the definition that a tool must have, by its exact name; see `definitionHash`. Default: none. */
    readonly pins?: Readonly<Record<string, string>> | undefined;
  };
  /** What is known of tools beyond what they say of themselves. Default: nothing. */
  readonly tools?: readonly ToolTraits[] | undefined;
  /**
   * Where a tool may fetch from: `host`, `*.host`, `host:port` or
   * `http://host[:port]`, each with a path after it such as `/v1/*`. Otherwise
   * https, the scheme's own port, and any path.
   */
  readonly url_allowlist: readonly string[];
  /** What becomes of a call to a host that is not listed. Default: deny. */
  readonly unlisted_hosts?: "deny" | "escalate" | undefined;
  /** Calls that must not run. Default: none. */
  readonly deny?: readonly DenyClause[] | undefined;
  /** What calls must meet. Default: nothing. */
  readonly require?: readonly RequireClause[] | undefined;
  /** How many calls a run may have. Default: no limit but those of `loop_budget`. */
  readonly call_limits?: readonly CallLimit[] | undefined;
  /** What must not follow after what. Default: nothing. */
  readonly flow?: readonly FlowClause[] | undefined;
  /** Calls that would run if a person approves. Default: none. */
  readonly escalate?: readonly Escalation[] | undefined;
  /** What bounds the answers of persons. */
  readonly approval?: ApprovalLimits | undefined;
  /** What bounds a fetch from a listed host. */
  readonly fetch?: FetchLimits | undefined;
  /** How servers of the Model Context Protocol are run. */
  readonly mcp?: McpServers | undefined;
  /**
   * Where tools run. `process`: in this process, within its Deno permissions.
   * `worker`: in a Worker, within permissions of its own that follow from this
   * policy.
   */
  readonly sandbox: { readonly isolation: "process" | "worker" };
  /** What the arguments of a call must be before the tool sees them. */
  readonly arg_schema: {
    /** Arguments that do not fit the tool's schema are denied; there is no laxer value. */
    readonly enforcement: "strict";
    /** Bytes of UTF-8 that the JSON text of one call's arguments may have, 1 to 4,194,304. */
    readonly max_bytes: number;
    /** How deep objects and arrays may be nested, 1 to 256. */
    readonly max_depth: number;
    /** How many values the arguments may have, at every depth together, 1 to 1,048,576. Default: 4096. */
    readonly max_values?: number | undefined;
  };
  /** How much one run may use before it ends with `loop_budget`. */
  readonly loop_budget: LoopLimits;
  /** How often the same calls may be proposed before they are denied. */
  readonly cycle_detection: CycleLimits;
  /** How often, and after how long, a transient failure of a tool or a model is tried again. */
  readonly retry: RetryLimits;
  /** What exported spans and the report leave out; the ledger has everything. Default: nothing. */
  readonly redact?: Redaction | undefined;
}

/** How much one run may use; each limit is inclusive. */
export interface LoopLimits {
  /** How often the model may be asked, at least 1. */
  readonly max_iterations: number;
  /**
   * Tokens of all answers, at least 1. Once they are passed, proposed calls do
   * not run; a final answer is taken all the same. Unlimited when left out.
   */
  readonly max_tokens?: number | undefined;
  /**
   * What all answers may cost. Once it is passed, proposed calls do not run; a final
   * answer is taken all the same. Every model that answers must have a price.
   * Unlimited when left out.
   */
  readonly max_cost?: MaxCost | undefined;
  /** Calls that the model may propose, whether or not they run, at least 1. Unlimited when left out. */
  readonly max_tool_calls?: number | undefined;
  /**
   * Seconds of the run's clock. Behind them no step begins, and a model that is
   * being asked is left behind, unless it is scripted; a tool that runs is not,
   * and neither are its retries. Unlimited when left out.
   */
  readonly max_seconds?: number | undefined;
  /** Denied calls that a run survives with `on_deny: continue`. Default: 10. */
  readonly max_denials?: number | undefined;
  /** How many calls of one answer may run at the same time. Default: 1. */
  readonly max_parallel?: number | undefined;
}

/** What bounds the answers of persons. */
export interface ApprovalLimits {
  /** Seconds for which an answer that was written down counts. Default: 86,400 (a day). */
  readonly expires_seconds?: number | undefined;
  /** Whose word counts beside that of persons. `client`: what an MCP client says that its user has answered. Default: nobody's. */
  readonly accept?: readonly "client"[] | undefined;
}

/** What bounds a fetch from a listed host. */
export interface FetchLimits {
  /** Redirects that one fetch may follow, 0 to 20; each is judged like a call. Default: 5. */
  readonly max_redirects?: number | undefined;
  /** Bytes that a body may have, 1 to 67,108,864. Default: 1,048,576. */
  readonly max_bytes?: number | undefined;
}

/** How servers of the Model Context Protocol are run. */
export interface McpServers {
  /** The whole environment of a server: its variables by name, each with where the value comes from. Default: none. */
  readonly env?: Readonly<Record<string, McpVariable>> | undefined;
  /** Milliseconds that a server may take to answer a call, 1 to 86,400,000. Default: 60,000. */
  readonly call_timeout_ms?: number | undefined;
}

/** One variable of a server's environment. */
export interface McpVariable {
  /** The variable of the program's own environment whose value it gets. */
  readonly from: string;
  /** Whether the value is replaced by `[env:NAME]` wherever it occurs. Default: true. */
  readonly secret?: boolean | undefined;
  /** The servers that get it, by their names. Default: all. */
  readonly servers?: readonly string[] | undefined;
}

/** How often an agent may do the same again. */
export interface CycleLimits {
  /**
   * How many identical calls a run may have, at least 1. From 2 on, the call that
   * completes so many rounds of a rotation is denied too.
   */
  readonly max_repeats: number;
  /** The longest rotation that is looked for, in calls, 2 to 64. */
  readonly max_period: number;
}

/** How a transient failure is tried again. */
export interface RetryLimits {
  /** Milliseconds that one attempt of a tool may take. Default: 30,000. */
  readonly attempt_timeout_ms?: number | undefined;
  /** Milliseconds that one attempt of a model may take, unless it is scripted. Default: 120,000. */
  readonly model_timeout_ms?: number | undefined;
  /** Attempts after the first one, 0 to 100. */
  readonly max_retries: number;
  /** Milliseconds before the first retry, give or take 20 %; each further one waits twice as long. */
  readonly backoff_base_ms: number;
  /** Milliseconds at which the doubling stops, at most 86,400,000 (a day); the 20 % come on top. */
  readonly backoff_cap_ms: number;
}

const hostEntry = z.string().check((context) => {
  try {
    parseUrlEntry(context.value);
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
const timeout = milliseconds.check(
  z.minimum(1, "a limit must be at least 1"),
);

/** The name of an environment variable, as POSIX has it. */
const variable = z.string().check(
  z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of a variable"),
);

/** The schema of a policy file; `v1.schema.json` is generated from it. */
export const policyDocument: z.ZodMiniType<PolicyDocument> = z.strictObject({
  version: described(
    z.literal(1),
    "Version of the format; there is no other yet",
  ),
  mode: optionalKey(z.enum(["enforce", "audit"]), {
    description:
      "audit: every decision is made and recorded, and calls run all the same, but for those that cannot run or would pass a wall of our own; run wants --audit, too",
    default: "enforce",
  }),
  on_deny: described(
    z.enum(["terminate", "continue"]),
    "Whether a denied call ends the run or is told to the model; a used-up budget always ends it",
  ),
  tool_registry: described(
    z.strictObject({
      allowed: described(
        z.array(toolPattern).check(unique),
        "Exact names of the tools that may be called, or beginnings of names with a * after them: fs.read_*",
      ),
      denied: described(
        z.array(toolPattern).check(unique),
        "Those of tools that must not be called, whatever else is listed",
      ),
      pins: optionalKey(
        z.record(
          z.string().check(z.minLength(1)),
          z.string().check(
            z.regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
          ),
        ),
        "SHA-256 of the definition that a tool must have, by its exact name; a tool with another one is denied by tool_pin. Left out: a definition must only stay as it was when the run began",
      ),
    }).check(
      z.refine(
        ({ allowed, denied }) => !allowed.some((name) => isNamed(name, denied)),
        "a tool is both allowed and denied; the entry under allowed can never match",
      ),
    ),
    "Which tools may be called; one that is on neither list may not",
  ),
  tools: optionalKey(toolTraits, {
    description:
      "What is known of tools beyond what they say of themselves; what several entries say of one adds up",
    default: [],
  }),
  url_allowlist: described(
    z.array(hostEntry).check(unique),
    "Where a tool may fetch from: host, *.host, host:port, http://host, each with a path such as /v1/*; https, its port and any path otherwise",
  ),
  unlisted_hosts: optionalKey(z.enum(["deny", "escalate"]), {
    description: "What becomes of a call to a host or path that is not listed",
    default: "deny",
  }),
  deny: optionalKey(denyClauses, {
    description: "Calls that must not run",
    default: [],
  }),
  require: optionalKey(requireClauses, {
    description: "What calls of some tools must meet",
    default: [],
  }),
  call_limits: optionalKey(callLimits, {
    description: "How many calls of some tools a run may have",
    default: [],
  }),
  flow: optionalKey(flowClauses, {
    description: "What must not follow after what, by the labels of tools",
    default: [],
  }),
  escalate: optionalKey(z.array(escalationSchema), {
    description: "Calls that only a person may allow",
    default: [],
  }),
  approval: optionalKey(
    z.strictObject({
      expires_seconds: optionalKey(limit, {
        description: "For how long an answer that was written down counts",
        default: 86_400,
      }),
      accept: optionalKey(z.array(z.enum(["client"])).check(unique), {
        description:
          "Whose word counts beside that of persons; client: what an MCP client says that its user has answered, which only the client can vouch for",
        default: [],
      }),
    }),
    "What bounds the answers of persons. Left out: what its keys are when left out",
  ),
  fetch: optionalKey(
    z.strictObject({
      max_redirects: optionalKey(z.int().check(z.minimum(0), z.maximum(20)), {
        description:
          "Redirects that one fetch may follow, each judged like a call",
        default: 5,
      }),
      max_bytes: optionalKey(limit.check(z.maximum(64 * 2 ** 20)), {
        description: "Bytes that a body may have",
        default: 2 ** 20,
      }),
    }),
    "What bounds a fetch from a listed host. Left out: what its keys are when left out",
  ),
  mcp: optionalKey(
    z.strictObject({
      env: optionalKey(
        z.record(
          variable,
          z.strictObject({
            from: described(
              variable,
              "The variable of the program's own environment whose value it gets",
            ),
            secret: optionalKey(z.boolean(), {
              description:
                "Whether the value is replaced by [env:NAME] wherever it occurs, on record and in what the client gets",
              default: true,
            }),
            servers: optionalKey(
              z.array(z.string().check(z.minLength(1))).check(
                z.minLength(1),
                unique,
              ),
              "The servers that get it, by their names. Left out: all",
            ),
          }),
        ),
        "The whole environment of a server: its variables by name. Left out: it has none",
      ),
      call_timeout_ms: optionalKey(timeout, {
        description: "Milliseconds that a server may take to answer a call",
        default: 60_000,
      }),
    }),
    "How servers of the Model Context Protocol are run. Left out: what its keys are when left out",
  ),
  sandbox: described(
    z.strictObject({
      isolation: described(
        z.enum(["process", "worker"]),
        "process: in this process, within its Deno permissions; worker: in a Worker, within permissions that follow from this policy",
      ),
    }),
    "Where tools run",
  ),
  arg_schema: described(
    z.strictObject({
      enforcement: described(
        z.enum(["strict"]),
        "Arguments that do not fit the tool's schema are denied; there is no laxer value",
      ),
      max_bytes: described(
        limit.check(z.maximum(4 * 2 ** 20)),
        "Bytes of UTF-8 that the JSON text of one call's arguments may have",
      ),
      max_depth: described(
        limit.check(z.maximum(256)),
        "How deep objects and arrays may be nested",
      ),
      max_values: optionalKey(limit.check(z.maximum(2 ** 20)), {
        description:
          "How many values the arguments may have, at every depth together",
        default: 4096,
      }),
    }),
    "What the arguments of a call must be before the tool sees them",
  ),
  loop_budget: described(
    z.strictObject({
      max_iterations: described(limit, "How often the model may be asked"),
      max_tokens: optionalKey(
        limit,
        "Tokens of all answers; once they are passed, proposed calls do not run. Left out: no limit",
      ),
      max_cost: optionalKey(
        maxCost,
        "What all answers may cost; once it is passed, proposed calls do not run. Left out: no limit",
      ),
      max_tool_calls: optionalKey(
        limit,
        "Calls that the model may propose, whether or not they run. Left out: no limit",
      ),
      max_seconds: optionalKey(
        limit,
        "Seconds of the run's clock, after which no step begins; a tool that runs is not stopped. Left out: no limit",
      ),
      max_denials: optionalKey(limit, {
        description: "Denied calls that a run survives with on_deny: continue",
        default: 10,
      }),
      max_parallel: optionalKey(limit.check(z.maximum(64)), {
        description:
          "How many calls of one answer may run at the same time; they are judged in their order all the same",
        default: 1,
      }),
    }),
    "How much one run may use before it ends with loop_budget; each limit is inclusive",
  ),
  cycle_detection: described(
    z.strictObject({
      max_repeats: described(
        limit,
        "How many identical calls a run may have; from 2 on, so many rounds of a rotation are denied too",
      ),
      max_period: described(
        z.int().check(
          z.minimum(2, "a rotation has at least 2 calls"),
          z.maximum(64, "a rotation has at most 64 calls"),
        ),
        "The longest rotation that is looked for, in calls",
      ),
    }),
    "How often the same calls may be proposed before they are denied",
  ),
  retry: described(
    z.strictObject({
      max_retries: described(
        z.int().check(z.minimum(0), z.maximum(100)),
        "Attempts after the first one",
      ),
      backoff_base_ms: described(
        milliseconds,
        "Milliseconds before the first retry, give or take 20 %; each further one waits twice as long",
      ),
      backoff_cap_ms: described(
        milliseconds,
        "Milliseconds at which the doubling stops; the 20 % come on top",
      ),
      attempt_timeout_ms: optionalKey(timeout, {
        description: "Milliseconds that one attempt of a tool may take",
        default: 30_000,
      }),
      model_timeout_ms: optionalKey(timeout, {
        description:
          "Milliseconds that one attempt of a model may take, unless it is scripted",
        default: 120_000,
      }),
    }).check(
      z.refine(
        (retry) => retry.backoff_base_ms <= retry.backoff_cap_ms,
        "backoff_base_ms is larger than backoff_cap_ms",
      ),
    ),
    "How often, and after how long, a transient failure of a tool or a model is tried again",
  ),
  redact: optionalKey(
    redactionSchema,
    "What exported spans and the report leave out; the ledger has everything. Left out: nothing",
  ),
}).check(checkClauses);

/** Returns the JSON Schema of a policy file, as it is kept in `v1.schema.json`. */
export function policyJsonSchema(): Record<string, unknown> {
  return {
    title: "Policy of a governed agent run, version 1",
    ...z.toJSONSchema(policyDocument),
  };
}
