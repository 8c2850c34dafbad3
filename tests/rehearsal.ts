/**
 * Runs of the loop without an outside world, for tests: a scripted model, two
 * tools that do nothing, a clock without waits.
 *
 * @module
 */
import { z } from "../deps.ts";
import { approval } from "../policy/rules/approval.ts";
import { callRules } from "../policy/rules/call_rules.ts";
import { loadPolicy } from "../policy/document/load.ts";
import type { Rule } from "../policy/rule.ts";
import type { Json } from "../tools/data/json.ts";
import { toolRegistry } from "../tools/registry.ts";
import { type Schema, standardSchema } from "../tools/schema.ts";
import type { Tool, ToolContext } from "../tools/tool.ts";
import { ToolError } from "../tools/tool_error.ts";
import type { Approver } from "../runtime/approval/approval.ts";
import { type Env, type VirtualClock, virtualClock } from "../runtime/env.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { hashChain } from "../runtime/record/ledger.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import type { Llm, Message } from "../runtime/llm/llm.ts";
import { governedLoop } from "../runtime/loop.ts";
import type { GovernedSpec, ModelInfo } from "../runtime/run_spec.ts";
import { scriptedLlm, type ScriptStep } from "../runtime/llm/scripted_llm.ts";

/** What a tool of a rehearsal may be given. */
export interface WorkArgs {
  readonly text?: string | undefined;
  /** The policy takes it for a URL that will be fetched. */
  readonly url?: string | undefined;
}

/** What makes a rehearsal different from the next one. */
export interface Rehearsal {
  /** Keys of the policy that are not as usual. */
  readonly policy?: { readonly [key: string]: Json };
  /** What the model gives back. Default: the answer "done". */
  readonly script?: readonly ScriptStep[];
  /** A model that follows no script. */
  readonly llm?: Llm;
  /** The same, where it needs the clock. */
  readonly llmWith?: (clock: VirtualClock) => Llm;
  /** What the tool `work` does. Default: it returns `null`. */
  readonly work?: (
    args: WorkArgs,
    context: ToolContext,
  ) => ReturnType<Tool["run"]>;
  /** What the tool `work` does, where it needs the clock. */
  readonly workWith?: (
    clock: VirtualClock,
  ) => (args: WorkArgs, context: ToolContext) => ReturnType<Tool["run"]>;
  /** Whether `work` may be run twice. Default: false. */
  readonly idempotent?: boolean;
  /** Asked before the rules of the policy. */
  readonly rules?: readonly Rule[];
  readonly approver?: Approver;
  readonly signal?: AbortSignal;
  readonly sleep?: Env["sleep"];
  readonly resolve?: Env["resolve"];
  /** How a host is looked up, where it needs the clock. */
  readonly resolveWith?: (clock: VirtualClock) => Env["resolve"];
  readonly model?: ModelInfo;
  /** What the run does when its model is out. */
  readonly outage?: Env["outage"];
}

const POLICY = {
  version: 1,
  on_deny: "terminate",
  tool_registry: { allowed: ["echo", "work"], denied: [] },
  url_allowlist: ["fixtures.local"],
  sandbox: { isolation: "process" },
  arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
  loop_budget: { max_iterations: 10 },
  cycle_detection: { max_repeats: 3, max_period: 4 },
  retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 },
} as const;

const MODEL: ModelInfo = {
  execution_path: "stub",
  provider: "scripted",
  model: "rehearsal",
  script_sha256: null,
};

/** A rehearsal that can be started, and started again where it broke off. */
export interface Stage {
  readonly spec: GovernedSpec;
  /** The world of the rehearsal from a clock reading on. Its tools see the newest. */
  world(start: bigint): Omit<Env, "signal">;
  readonly signal: AbortSignal;
}

/** Sets a rehearsal up. */
export function stage(given: Rehearsal): Stage {
  const { script = [{ answer: "done" }], rules = [] } = given;
  const policy = loadPolicy(
    JSON.stringify({ ...POLICY, ...given.policy }),
    "rehearsal",
  );
  const sandbox = {
    inspect: (path: string) => ({
      resolved: `<sandbox>/${path}`,
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  };
  let clock = virtualClock(0n);
  const newest: VirtualClock = {
    now: () => clock.now(),
    sleep: (ms) => clock.sleep(ms),
    deadline: (ms, expired) => clock.deadline(ms, expired),
    expire: () => clock.expire(),
  };
  const work = given.workWith?.(newest) ?? given.work ??
    (() => Promise.resolve(null));
  return {
    spec: {
      runId: "rehearsal",
      seed: 7,
      task: {
        id: "rehearsal",
        question: "What now?",
        text: "id: rehearsal\nquestion: What now?\n",
      },
      policy,
      tools: toolRegistry([
        {
          ...fakeTool("echo", ({ text = "" }) => Promise.resolve({ text })),
          idempotent: true,
        },
        { ...fakeTool("work", work), idempotent: given.idempotent ?? false },
      ]),
      sandbox,
      llm: given.llmWith?.(newest) ?? given.llm ?? scriptedLlm(script).llm,
      model: given.model ?? MODEL,
      corpus: { sha256: "c".repeat(64), documents: 0 },
      rules: [...rules, ...callRules(policy.document, policy.lines)],
    },
    world(start) {
      clock = virtualClock(start);
      return {
        now: clock.now,
        sleep: given.sleep ?? clock.sleep,
        deadline: clock.deadline,
        resolve: given.resolveWith?.(clock) ?? given.resolve ??
          (() => Promise.resolve(undefined)),
        approver: given.approver,
        ...given.outage === undefined ? {} : { outage: given.outage },
      };
    },
    signal: given.signal ?? new AbortController().signal,
  };
}

/** Starts a rehearsal. Its clock shows one millisecond first, one more at each reading. */
export function rehearsal(given: Rehearsal): AsyncGenerator<RunEvent, void> {
  const { spec, world, signal } = stage(given);
  return governedLoop(spec, { ...world(1_000_000n), signal });
}

/**
 * Takes a rehearsal to its end. Whatever it does, its record must hold it:
 * each event is sealed, read back and found to be the same, keys in order.
 */
export async function rehearse(given: Rehearsal): Promise<readonly RunEvent[]> {
  const chain = hashChain();
  const events: RunEvent[] = [];
  for await (const event of rehearsal(given)) {
    const { head } = chain;
    const line = parseLedgerLine(chain.seal(event));
    const sealed = { ...event, prev: head, hash: chain.head };
    if (JSON.stringify(line) !== JSON.stringify(sealed)) {
      throw new Error(`Cannot read back event ${event.seq}: it is another one`);
    }
    if (event.seq !== events.length) {
      throw new Error(`Cannot number event ${event.seq}: a number is missing`);
    }
    events.push(event);
  }
  return events;
}

/** The events of one type, in order. */
export function eventsOf<Type extends RunEvent["type"]>(
  type: Type,
  events: readonly RunEvent[],
): readonly Extract<RunEvent, { readonly type: Type }>[] {
  return events.filter((
    event,
  ): event is Extract<typeof event, { type: Type }> => event.type === type);
}

const workArgs: Schema<WorkArgs> = standardSchema(z.strictObject({
  text: z.optional(z.string()),
  url: z.optional(z.string()),
}));

function fakeTool(
  name: string,
  run: (args: WorkArgs, context: ToolContext) => ReturnType<Tool["run"]>,
): Tool<WorkArgs> {
  return {
    name,
    description: "Does what a test needs",
    effects: { fetches: ["url"] },
    args: workArgs,
    run,
  };
}

/** Lets a value through that the types would stop, as code without types can. */
function smuggled<T>(value: unknown): T {
  return JSON.parse("0", () => value);
}

/** A function that throws the errors and returns the others, one a call; the last one for ever. */
export function inTurn<T>(...outcomes: readonly unknown[]): () => Promise<T> {
  let next = 0;
  return () => {
    const outcome = outcomes[Math.min(next, outcomes.length - 1)];
    next += 1;
    return outcome instanceof Error
      ? Promise.reject(outcome)
      : Promise.resolve(smuggled(outcome));
  };
}

/** A promise that nothing settles. */
export function hanging<T>(): Promise<T> {
  return new Promise(() => {});
}

/** A failure that a retry may mend. */
export function outage(message = "The server answered 503"): ToolError {
  return new ToolError(message, { type: "503", transient: true });
}

/** A scripted model that keeps what it was told at each step. */
export function listener(script: readonly ScriptStep[]): {
  readonly llm: Llm;
  readonly heard: readonly (readonly Message[])[];
} {
  const heard: (readonly Message[])[] = [];
  const { llm } = scriptedLlm(script);
  return {
    heard,
    llm(input, signal) {
      heard.push(structuredClone([...input.messages]));
      return llm(input, signal);
    },
  };
}

/** What leaves calls of `work` to a person, as a policy says it. */
export const ASKED = [
  { tools: ["work"], reason: "work needs a person" },
] as const;

/** The rule for it, where the policy does not say it. */
export const ASKS_A_PERSON: Rule = approval(ASKED);
