import config from "../../deno.json" with { type: "json" };
import {
  type Durability,
  recordRun,
} from "../../evidence/recording/record_run.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { ToolChange } from "../../policy/tool_listing.ts";
import { onlyReads } from "../../policy/tool_traits.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { Approver } from "../../runtime/approval/approval.ts";
import type { CallOutcome } from "../../runtime/session/call_outcome.ts";
import {
  type ClientCall,
  clientSession,
  sessionTask,
} from "../../runtime/session/client_session.ts";
import { corpusSnapshot } from "../../tasks/corpus.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";
import { networkFor } from "../machine/network.ts";
import { stopwatch } from "../machine/provenance.ts";
import { realEnv } from "../machine/world.ts";

/** What the calls of a client are judged by and recorded with. */
export interface RecordedCallsOptions {
  readonly runId: string;
  readonly record: RunRecord;
  readonly policy: Policy;
  readonly tools: readonly ToolDefinition[];
  /** The directory in which paths are judged. */
  readonly sandbox: string;
  /** What the run is for, in the record. */
  readonly question: string;
  /** The client, by its own name. */
  readonly client: string;
  readonly approver: Approver | undefined;
  readonly durability: Durability;
  /** Called with every event once it is on record. */
  readonly watch: (event: RunEvent) => void;
  /** Called when the record cannot be written any further: no call may run any more. */
  readonly broken: (error: unknown) => void;
}

/** The calls of a client as one run. */
export interface RecordedCalls {
  /** Takes a call through judgement, attempts and receipt; `run` does the work, if it may. */
  call(call: ClientCall, run: Tool["run"]): Promise<CallOutcome>;
  changeTools(change: ToolChange): Promise<void>;
  /** Ends the run; what has not begun does not begin. Resolves once the record is whole. */
  end(): Promise<void>;
}

/** Waits for its client's own time limits, which are not those of other tools. */
const NO_LIMIT_MS = 86_400_000;

/** Opens a run for the calls of a client: each of its tools does what the call says that it runs for. */
export function recordedCalls(
  { record, broken, durability, approver, watch, ...given }:
    RecordedCallsOptions,
): RecordedCalls {
  /** What to do for each call that is under way, by the client's id for it. */
  const work = new Map<string, Tool["run"]>();
  /** The same by the idempotency key, from the intent on. */
  const begun = new Map<string, Tool["run"]>();
  const runnable = (tool: ToolDefinition): Tool => ({
    ...tool,
    timeoutMs: NO_LIMIT_MS,
    run(args, context) {
      const run = begun.get(context.idempotencyKey);
      begun.delete(context.idempotencyKey);
      if (run === undefined) throw new RangeError("There is no such call");
      return run(args, context);
    },
  });
  const session = clientSession(
    {
      runId: given.runId,
      seed: 0,
      task: sessionTask(given.question),
      policy: given.policy,
      tools: toolRegistry(given.tools.map(runnable)),
      sandbox: directorySandbox(given.sandbox),
      model: {
        execution_path: "client",
        provider: "mcp",
        model: given.client,
        script_sha256: null,
      },
      corpus: corpusSnapshot([]),
    },
    realEnv(0n, {
      // A run is ended by its client and never cancelled from outside.
      signal: new AbortController().signal,
      resolve: networkFor(true).resolve,
      approver,
    }),
  );
  const recording = recorded();
  // It is awaited at the end; a failure is told at once.
  recording.catch(broken);

  async function recorded(): Promise<void> {
    await using sink = await record.begin();
    await recordRun(session.events(), sink, {
      programVersion: config.version,
      volatile: stopwatch(),
      durability,
      onlyReads: ({ name }) =>
        onlyReads(name, given.policy.document.tools ?? []),
      recorded(event) {
        watch(event);
        if (event.type !== "tool_started") return;
        const run = work.get(event.call_id);
        if (run !== undefined) begun.set(event.idempotency_key, run);
      },
    });
  }

  return {
    async call(call, run) {
      work.set(call.id, run);
      try {
        return await session.call(call);
      } finally {
        work.delete(call.id);
      }
    },
    changeTools: ({ tools, removed }) =>
      session.changeTools({ tools: tools.map(runnable), removed }),
    async end() {
      session.abandon();
      await recording;
    },
  };
}
