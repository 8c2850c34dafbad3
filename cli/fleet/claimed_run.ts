import { failRun } from "../../evidence/store/postgres/claim.ts";
import {
  DatabaseError,
  type Session,
} from "../../evidence/store/postgres/database.ts";
import type { RowRun } from "../../evidence/store/postgres/postgres_store.ts";
import type { RowSink } from "../../evidence/store/postgres/row_sink.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { Policy } from "../../policy/document/load.ts";
import { DivergenceError } from "../../runtime/rerun/divergence.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import { fileApprover } from "../approval/approver.ts";
import { answerIn } from "../approval/written_approval.ts";
import type { Output } from "../command/command.ts";
import { execute } from "../execution/execute.ts";
import { leftoverIncidents } from "../execution/leftover_incident.ts";
import type { LiveSpans } from "../execution/live_spans.ts";
import { orStopped } from "../execution/run_end.ts";
import { openToolHost } from "../machine/tool_host.ts";
import { runServers } from "../mcp/run_servers.ts";
import { submittedRun, type TakenRun } from "./submitted_run.ts";
import type { WorkerMeters } from "./worker_meters.ts";
import { atItsRate, workerModel } from "./worker_model.ts";

/** How a worker is done with a run for now. */
export type Settled =
  | {
    /** It has its last event. */
    readonly how: "finished";
    readonly terminalReason: string;
  }
  | {
    /** It waits for a person; its job is complete. */
    readonly how: "waiting";
  }
  | {
    /** It can go on after a while, here or elsewhere. */
    readonly how: "again";
    readonly afterMs: number;
    /** Why, in words. */
    readonly why: string;
  }
  | {
    /** Another process has it, or may have it. */
    readonly how: "lost";
    readonly why: string;
  }
  | { readonly how: "stuck"; readonly why: string };

/** A run that this worker has claimed. */
export interface ClaimedRun extends TakenRun {
  readonly record: RowRun;
  readonly output: Output;
  readonly meters: WorkerMeters;
  /** Starts to send the spans of a run; `undefined` when none are sent. */
  readonly spans: (policy: PolicyDocument) => LiveSpans | undefined;
  /** Aborts when this process ends: the run stops before its next step or effect. */
  readonly leaving: AbortSignal;
  /** The time of the database, or a little later, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Completes the job, in the transaction that lets the run wait. */
  readonly complete: (session: Session) => Promise<void>;
}

/** How long spans of a run are waited for when it stops, in milliseconds, also by a process that ends. */
const SPANS_MS = 5000;

/** How long until a run is tried again, in milliseconds. */
const AFTER_MS = {
  leaving: 0,
  answered: 0,
  paused: 2000,
  model_outage: 30_000,
  failure: 5000,
} as const;

/** Whether the database was away, which is no fault of the run. */
function isTransient(error: unknown): boolean {
  const cause = error instanceof InputError ? error.cause : error;
  return cause instanceof DatabaseError && cause.isTransient;
}

/** Executes a run as far as it goes. */
export async function claimedRun(run: ClaimedRun): Promise<Settled> {
  try {
    return await executed(run);
  } catch (error) {
    const why = oneLine(
      error instanceof Error ? error.message : String(error),
      500,
    );
    if (isTransient(error)) return { how: "lost", why };
    const isStuck = await failRun(run.database, run.claim, {
      reason: error instanceof DivergenceError
        ? `${why}; another version of the program may have begun it`
        : why,
      maxDeaths: run.config.maxDeaths,
      afterMs: AFTER_MS.failure,
    });
    return isStuck
      ? { how: "stuck", why }
      : { how: "again", afterMs: AFTER_MS.failure, why };
  }
}

async function executed(run: ClaimedRun): Promise<Settled> {
  const { claim, record, output } = run;
  const ledger = await record.begun();
  const submitted = await submittedRun(run);
  const { task, policy, documents, own, servers } = submitted;
  const { config } = run;
  const model = await workerModel(submitted, { config, output, ledger });
  const { sandbox } = record;
  const cancelling = new AbortController();
  await using sink = await record.open(
    claim,
    ledger ?? { sound: new Uint8Array(), events: [] },
    {
      cancelled: () =>
        cancelling.abort(
          new DOMException("The run was cancelled", "AbortError"),
        ),
      appended: run.meters.appended,
      lost: () =>
        cancelling.abort(
          new DOMException("The run was taken over", "AbortError"),
        ),
    },
  );
  if (ledger !== undefined) {
    await record.addIncident({ type: "resumed", events: ledger.events.length });
  }
  // They work in the sandbox, which is laid out by now, and end before the run is given back.
  await using served = await runServers({
    ...{ servers, policy, record, sandbox },
    recorded: ledger?.started.tools,
    note: (text) => output.note(`${claim.runId}: ${text}`),
  });
  const spans = run.spans(policy.document);
  using _leave = whenAborted(run.leaving, () => sink.leave());
  using host = await openToolHost({
    policy,
    sandbox,
    online: true,
    leftover: leftoverIncidents(record, output),
    own,
    served,
  });
  served?.begun();
  const answers = fileApprover({
    policy,
    run: record,
    output: { ...output, note() {} },
    now: run.now,
  });
  let events = 0;
  const ended = await orStopped(execute({
    task,
    policy,
    documents,
    runId: claim.runId,
    model: model && atItsRate(model, { database: run.database, sink }),
    sandbox,
    host,
    sink,
    durability: "intent",
    online: true,
    waits: true,
    signal: cancelling.signal,
    approver: async (request, signal) => {
      // Nobody is asked about a run that was cancelled while it waited.
      signal.throwIfAborted();
      return await answers(request, signal);
    },
    watch(event) {
      events = event.seq + 1;
      spans?.push(event);
    },
    ...ledger === undefined ? {} : {
      past: {
        events: ledger.events,
        sentAgain: (seq) => record.addIncident({ type: "sent_again", seq }),
      },
    },
  })).finally(() =>
    spans?.finish({ record, output, signal: AbortSignal.timeout(SPANS_MS) })
  );
  if ("finished" in ended) {
    const { terminal_reason: terminalReason } = ended.finished;
    return { how: "finished", terminalReason };
  }
  if ("waitsFor" in ended) {
    return await waiting(run, {
      sink,
      policy,
      boundTo: ended.waitsFor.bound_to,
    });
  }
  if ("outage" in ended) {
    const { type: error_type, message: reason } = ended.outage;
    await record.addIncident({
      type: "model_outage",
      events,
      error_type,
      reason,
    });
    return { how: "again", afterMs: AFTER_MS.model_outage, why: reason };
  }
  const why = ended.unwritten.message;
  if (sink.stopped === "paused") {
    await record.addIncident({ type: "paused", events });
  }
  return sink.stopped === undefined
    ? { how: "lost", why }
    : { how: "again", afterMs: AFTER_MS[sink.stopped], why };
}

/** Lets the run wait, unless it was answered meanwhile. */
async function waiting(
  run: ClaimedRun,
  { sink, policy, boundTo }: {
    readonly sink: RowSink;
    readonly policy: Policy;
    readonly boundTo: string;
  },
): Promise<Settled> {
  const place = { policy, run: run.record, now: run.now };
  const waits = await sink.waitFor(boundTo, {
    isAnswered: (text) =>
      answerIn(text, { place, bound_to: boundTo }).approval !== undefined,
    settle: run.complete,
  });
  return waits ? { how: "waiting" } : {
    how: "again",
    afterMs: AFTER_MS.answered,
    why: "it was answered meanwhile",
  };
}

function whenAborted(signal: AbortSignal, act: () => void): Disposable {
  if (signal.aborted) act();
  signal.addEventListener("abort", act, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", act) };
}
