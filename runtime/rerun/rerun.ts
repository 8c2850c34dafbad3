import type { Tool } from "../../tools/tool.ts";
import {
  addressesOf,
  approvalOf,
  attemptOf,
  outcomeOf,
  outputOf,
  pathFactsOf,
  readingsOf,
  validationOf,
} from "./recorded_answers.ts";
import { type Env, virtualClock } from "../env.ts";
import type { RunEvent } from "../record/event.ts";
import { INDETERMINATE, RecordedFailure } from "../attempt/recorded_failure.ts";
import type { RunSpec } from "../run_spec.ts";
import { valueDifference } from "../../tools/data/value_difference.ts";

/** Where a run does not go on as its record says. */
export interface Divergence {
  /** Number of the first event that differs. */
  readonly seq: number;
  /** What is on record; `undefined` when the record has ended. */
  readonly expected: RunEvent | undefined;
  /** What the loop did; `undefined` when it had ended, or would have gone beyond the record. */
  readonly found: RunEvent | undefined;
}

/** Thrown into a run that does not go on as its record says. */
export class DivergenceError extends Error {
  /** Tells the error apart. */
  override readonly name = "DivergenceError";
  /** Where, and how. */
  readonly divergence: Divergence;

  /** Names the event. */
  constructor(divergence: Divergence) {
    super(`Cannot go on: event ${divergence.seq} is not what is on record`);
    this.divergence = divergence;
  }
}

/** How a run goes on where its record ends. */
export interface Afterwards {
  /** The outside world from then on; `start` is the first reading that its clock may give. */
  env(start: bigint): Omit<Env, "signal">;
  /** Cancels the run, from then on. */
  readonly signal: AbortSignal;
  /** Hears that the intent with this `seq`, which has no receipt, is carried out again. */
  sentAgain(seq: number): void;
}

/** A run that is done again from its record. */
export interface Rerun {
  /**
   * The same tools, which give what they gave then; what stands in front of them is
   * done again. Tools that the run did not have are left out.
   */
  tools(tools: readonly Tool[]): readonly Tool[];
  /** The same run, with what is on record in the place of model and disk; its tools are those of `tools`. */
  spec<Spec extends RunSpec>(spec: Spec): Spec;
  /** The outside world of then; `expire` lets time pass until the last deadline. */
  readonly env: Env & { expire(): void };
  /**
   * Passes the loop's events on, as long as they are what is on record.
   *
   * @throws {DivergenceError} at the first one that is not
   */
  follow(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void>;
}

const MILLISECOND = 1_000_000n;

/**
 * Does a run again from the events that are on record: the loop is the same, and
 * wherever it would ask the model, a tool, the disk, the network, a person or the
 * clock, it gets what it got then. Nothing has an effect until the record ends;
 * there the run goes on as `afterwards` says, or not at all.
 *
 * An effect whose receipt is on record is never repeated. Where the record ends
 * behind an intent, the call is sent again when its tool is idempotent, and else
 * fails as `indeterminate`.
 */
export function rerun(
  recorded: readonly RunEvent[],
  afterwards?: Afterwards,
): Rerun {
  const readings = recorded.flatMap((event, index) =>
    readingsOf(event, recorded[index - 1])
  );
  const past = virtualClock(0n);
  const cancellation = new AbortController();
  const cancelledAt = cancellationIn(recorded, afterwards === undefined);
  /** How many events the loop has come to. */
  let at = 0;
  let read = 0;
  let live: (Omit<Env, "signal"> & { expire?(): void }) | undefined;

  /** The event that the loop must come to next; `undefined` where the record ends. */
  const next = () => recorded[at];

  /** Whether the record ends with a success whose receipt, and so its result, is missing. */
  function isLost(): boolean {
    const event = next();
    return event?.type === "attempt_finished" && event.outcome === "success" &&
      at + 1 === recorded.length;
  }

  /** The outside world, once the record has ended; never before. */
  function world(): NonNullable<typeof live> {
    if (afterwards === undefined || at < recorded.length) {
      throw new DivergenceError({
        seq: at,
        expected: next(),
        found: undefined,
      });
    }
    return opened(afterwards);
  }

  function opened({ env }: Afterwards): NonNullable<typeof live> {
    live ??= env((readings.at(-1) ?? -MILLISECOND) + MILLISECOND);
    return live;
  }

  function runAgain(given: Tool): Tool {
    const tool = asOnRecord(given, recorded[0]);
    const schema = tool.args["~standard"];
    return {
      ...tool,
      args: {
        "~standard": {
          ...schema,
          // A run that goes on has its tools; of others only the record knows.
          validate: (value) =>
            afterwards !== undefined
              ? schema.validate(value)
              : validationOf(next(), value),
        },
      },
      async run(args, context) {
        const attempt = next();
        const tried = attempt?.type === "attempt_finished" &&
          attempt.call_id !== null;
        if (tried) {
          const outcome = outcomeOf(attempt, recorded[at + 1]);
          if (outcome !== undefined) return outcome.value;
        }
        const lost = tried && attempt.outcome === "success";
        if (!lost) world();
        // Beyond the record an intent is new; at its end nobody knows what became of it.
        if (lost || at === recorded.length) {
          const isOpen = isLost() || at === recorded.length;
          if (!isOpen || !tool.idempotent || afterwards === undefined) {
            throw new RecordedFailure(INDETERMINATE, { lost });
          }
          heed();
          afterwards.sentAgain(lastIntent(recorded));
        }
        return await tool.run(args, context);
      },
    };
  }

  /** The run's own signal counts from where the record ends. */
  function heed(): void {
    if (afterwards === undefined) return;
    const { signal } = afterwards;
    const abort = () => cancellation.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  }

  return {
    tools: (tools) =>
      tools.filter((tool) => isOnRecord(tool, recorded[0])).map(runAgain),
    spec: (spec) => ({
      ...spec,
      sandbox: {
        inspect(path) {
          const facts = pathFactsOf(next(), path);
          if (facts !== undefined) return facts;
          world();
          return spec.sandbox.inspect(path);
        },
      },
      async llm(input, signal) {
        const event = next();
        const tried = event?.type === "attempt_finished" &&
          event.call_id === null;
        const answer = tried ? attemptOf(event, recorded[at + 1]) : event;
        if (answer?.type === "llm_completed") return outputOf(answer);
        if (!tried || !isLost()) world();
        else if (afterwards === undefined) {
          throw new RecordedFailure(INDETERMINATE, { lost: true });
        } else heed();
        return await spec.llm(input, signal);
      },
    }),
    env: {
      now() {
        const reading = readings[read];
        read += 1;
        return reading ?? world().now();
      },
      async sleep(ms, signal) {
        const event = next();
        if (event === undefined) return await world().sleep(ms, signal);
        const ended = event.type === "tool_finished" ||
          event.type === "llm_completed";
        if (ended && event.error !== null) {
          throw new RecordedFailure(event.error);
        }
      },
      deadline(ms, expired) {
        const clock = next() === undefined
          ? world()
          // What is sent again may hang, although it did not then.
          : afterwards !== undefined && isLost()
          ? opened(afterwards)
          : past;
        return clock.deadline(ms, expired);
      },
      async resolve(url, signal) {
        const event = next();
        return event === undefined
          ? await world().resolve(url, signal)
          : addressesOf(event, url.hostname);
      },
      async approver(request, signal) {
        const event = next();
        return event === undefined
          ? await world().approver?.(request, signal) ?? approvalOf(event)
          : approvalOf(event);
      },
      outage(error) {
        const event = next();
        if (event?.type === "attempt_finished") return "again";
        if (event !== undefined) return "end";
        const { outage } = world();
        // Where the record ends with the outage, the run is to go on.
        return outage?.(error) ?? (at === recorded.length ? "again" : "stop");
      },
      signal: cancellation.signal,
      expire() {
        past.expire();
        live?.expire?.();
      },
    },
    async *follow(events) {
      if (recorded.length === 0) heed();
      for await (const event of events) {
        const expected = next();
        const beyond = at >= recorded.length;
        if (
          beyond ? afterwards === undefined : !isSame(event, expected)
        ) {
          throw new DivergenceError({ seq: at, expected, found: event });
        }
        if (at === cancelledAt) cancellation.abort();
        at += 1;
        if (at === recorded.length) heed();
        yield event;
      }
      if (at < recorded.length) {
        throw new DivergenceError({
          seq: at,
          expected: next(),
          found: undefined,
        });
      }
    },
  };
}

/** Whether the run has the tool; another version of the program may have more. */
function isOnRecord({ name }: Tool, started: RunEvent | undefined): boolean {
  return started?.type !== "run_started" ||
    started.tools.some((tool) => tool.name === name);
}

/**
 * The same tool, described to the model as when the run began: another version of
 * it may take more arguments.
 */
function asOnRecord(tool: Tool, started: RunEvent | undefined): Tool {
  const known = started?.type === "run_started"
    ? started.tools.find(({ name }) => name === tool.name)
    : undefined;
  if (known === undefined) return tool;
  const schema = tool.args["~standard"];
  return {
    ...tool,
    description: known.description,
    args: {
      "~standard": {
        ...schema,
        jsonSchema: { input: () => ({ ...known.input_schema }) },
      },
    },
  };
}

/**
 * Whether an event is the one on record. Only the tool's validator knows in which
 * order the keys of validated arguments stand, and it is not asked again.
 */
function isSame(event: RunEvent, expected: RunEvent | undefined): boolean {
  if (JSON.stringify(event) === JSON.stringify(expected)) return true;
  return event.type === "tool_started" && expected?.type === "tool_started" &&
    valueDifference(expected.args, event.args) === undefined &&
    JSON.stringify({ ...event, args: null }) ===
      JSON.stringify({ ...expected, args: null });
}

/**
 * The event behind which the run was cancelled, if it was. Where the record ends
 * with a step, nobody can tell; to be cancelled there changes nothing for a run
 * that does not go on.
 */
function cancellationIn(
  recorded: readonly RunEvent[],
  endsThere: boolean,
): number | undefined {
  const last = recorded.at(-1);
  if (last?.type === "run_finished") {
    return last.terminal_reason === "cancelled"
      ? recorded.length - 3
      : undefined;
  }
  return endsThere && last?.type === "step_finished"
    ? recorded.length - 2
    : undefined;
}

function lastIntent(recorded: readonly RunEvent[]): number {
  return recorded.findLast(({ type }) => type === "tool_started")?.seq ?? 0;
}
