import type { Durability } from "../evidence/recording/record_run.ts";
import type { Policy } from "../policy/document/load.ts";
import type { Approver } from "../runtime/approval/approval.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import type { SessionTool } from "../runtime/session/governed_session.ts";
import type { ToolServers } from "../tasks/tool_server.ts";
import type { ToolWorld } from "../tools/exported_tools.ts";

/** What governs the calls of a loop of one's own. */
export interface GovernOptions {
  /** What may be done: a policy, or where its file is. */
  readonly policy: Policy | string | URL;
  /**
   * The tools that exist, or what makes them for the sandbox of the session. One
   * without `run` is run elsewhere: its call resolves as `allowed`, and `result`
   * takes what it gave back.
   */
  readonly tools:
    | readonly SessionTool[]
    | ((world: ToolWorld) => readonly SessionTool[]);
  /**
   * Servers of the Model Context Protocol whose tools exist, too, by the name that
   * these begin with in the policy: `fs` of `fs.read_file`, which a model knows as
   * `fs__read_file`. They work in the sandbox and end with the session. Default: none.
   */
  readonly mcpServers?: ToolServers | undefined;
  /**
   * The folder of the record, which does not exist yet or is empty. Default: a new
   * one, `runs/<id>_<policy>_<random>`.
   */
  readonly out?: string | undefined;
  /**
   * The folder in which tools may use the paths that they declare, such as a checkout.
   * It exists already, and is not kept with the record. The policy, and folders that
   * have the record of a run, are closed in it. Default: a new one, `sandbox` in the
   * folder of the record.
   */
  readonly sandbox?: string | undefined;
  /** What a person asked; the rules that look at the question look at this. Default: `""`. */
  readonly question?: string | undefined;
  /**
   * Who answers what the policy leaves to a person; the call waits. `file`: whoever
   * runs `approvals approve|reject` on the folder. `terminal`: who sits at it.
   * `never`: all such calls are rejected. Default: `file`.
   */
  readonly approver?: "file" | "terminal" | "never" | Approver | undefined;
  /** Names the session in its record: letters, digits, `.`, `_` and `-`. Default: `session`. */
  readonly id?: string | undefined;
  /** Seeds the jitter of retries and the ids of spans, 0 to 2^32 - 1. Default: 0. */
  readonly seed?: number | undefined;
  /** `intent`: an intent is on disk before its effect; `none`: the system writes at its own time. Default: `intent`. */
  readonly durability?: Durability | undefined;
  /** Said where the policy has `mode: audit`, which enforces next to nothing. Default: false. */
  readonly audit?: boolean | undefined;
  /**
   * Cancels the session, which then ends on record. Default: Ctrl-C and SIGTERM do,
   * and once the record has ended they end the process, as they would without us.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called with each event once it is on record. Default: not called. */
  readonly watch?: ((event: RunEvent) => void) | undefined;
}

/** What is so when nothing else is said. */
export const GOVERN_DEFAULTS = {
  question: "",
  approver: "file",
  id: "session",
  seed: 0,
  durability: "intent",
  audit: false,
} as const satisfies Partial<GovernOptions>;
