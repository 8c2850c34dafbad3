import type { Durability } from "../evidence/recording/record_run.ts";
import type { Policy } from "../policy/document/load.ts";
import type { Approver } from "../runtime/approval/approval.ts";
import type { Llm } from "../runtime/llm/llm.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import type { ModelSettings } from "../runtime/record/model_settings.ts";
import type { ToolServers } from "../tasks/tool_server.ts";
import type { ToolWorld } from "../tools/exported_tools.ts";
import type { Tool } from "../tools/tool.ts";
import type { AgentModel } from "./agent_model.ts";

/** What an agent is, and what it is asked. */
export interface AgentOptions {
  /** What the model is asked. */
  readonly question: string;
  /** What may be done: a policy, or where its file is. */
  readonly policy: Policy | string | URL;
  /** The tools that exist, or what makes them for the sandbox of the run. */
  readonly tools: readonly Tool[] | ((world: ToolWorld) => readonly Tool[]);
  /**
   * Servers of the Model Context Protocol whose tools the model can use, too, by the
   * name that these begin with in the policy: `fs` of `fs.read_file`. They work in the
   * sandbox of the run and end with it. Default: none.
   */
  readonly mcpServers?: ToolServers | undefined;
  /**
   * The model: a name as `--llm` has it, such as `openai:MODEL`; what `liveModel` or
   * `scriptedModel` made; or a function of one's own, which is asked once a step.
   */
  readonly llm: string | AgentModel | Llm;
  /**
   * The folder of the run. It does not exist yet, is empty, or has a run of the same
   * question that broke off or waits, which then goes on. Default: a new one,
   * `runs/<id>_<policy>_<seed>_<random>`.
   */
  readonly out?: string | undefined;
  /**
   * Who answers what the policy leaves to a person. `file`: whoever runs
   * `approvals approve|reject` on the folder; until then the run waits. `terminal`:
   * who sits at it. `never`: all such calls are rejected. Default: `file`.
   */
  readonly approver?: "file" | "terminal" | "never" | Approver | undefined;
  /** Names the agent in the ids of its runs: letters, digits, `.`, `_` and `-`. Default: `agent`. */
  readonly id?: string | undefined;
  /** Seeds the jitter of retries and the ids of spans, 0 to 2^32 - 1. Default: 0. */
  readonly seed?: number | undefined;
  /** What goes with each request, such as a system prompt. Default: nothing. */
  readonly settings?: ModelSettings | undefined;
  /** Whether a model is told in one sentence which hosts and files its tools may use. Default: true. */
  readonly policyHint?: boolean | undefined;
  /** `intent`: an intent is on disk before its effect; `none`: the system writes at its own time. Default: `intent`. */
  readonly durability?: Durability | undefined;
  /** Said where the policy has `mode: audit`, which enforces next to nothing. Default: false. */
  readonly audit?: boolean | undefined;
  /** Cancels the run, which then ends on record. Default: Ctrl-C and SIGTERM do. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each event once it is on record. Default: not called. */
  readonly watch?: ((event: RunEvent) => void) | undefined;
}

/** What is so when nothing else is said. */
export const AGENT_DEFAULTS = {
  approver: "file",
  id: "agent",
  seed: 0,
  policyHint: true,
  durability: "intent",
  audit: false,
} as const satisfies Partial<AgentOptions>;
