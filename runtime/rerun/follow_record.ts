import { valueDifference } from "../../tools/data/value_difference.ts";
import type { RunEvent } from "../record/event.ts";
import type { RerunState } from "./continuation.ts";

/**
 * Passes the loop's events on, as long as they are what is on record, and moves the
 * cursor. Where the record ends, the run follows its own signal.
 *
 * @throws {DivergenceError} at the first event that is not what is on record
 * @throws whatever `Afterwards.sentAgain` throws
 */
export async function* followRecord(
  events: AsyncIterable<RunEvent>,
  { cursor, continuation }: RerunState,
): AsyncGenerator<RunEvent, void> {
  const cancelledAt = cancellationIn(cursor.recorded, !continuation.goesOn);
  if (cursor.recorded.length === 0) continuation.followSignal();
  for await (const event of events) {
    continuation.throwFailure();
    const fits = cursor.hasEnded
      ? continuation.goesOn
      : isSame(event, cursor.next);
    if (!fits) throw cursor.divergence(event);
    if (cursor.at === cancelledAt) continuation.cancel();
    cursor.advance();
    if (cursor.isAtEnd) continuation.followSignal();
    yield event;
  }
  if (!cursor.hasEnded) throw cursor.divergence();
}

/**
 * Whether an event is the one on record. The key order of validated arguments is
 * ignored: it depends on the tool's validator, which is not run again.
 */
function isSame(event: RunEvent, expected: RunEvent | undefined): boolean {
  if (JSON.stringify(event) === JSON.stringify(expected)) return true;
  return event.type === "tool_started" && expected?.type === "tool_started" &&
    valueDifference(expected.args, event.args) === undefined &&
    JSON.stringify({ ...event, args: null }) ===
      JSON.stringify({ ...expected, args: null });
}

/**
 * The index of the event after which the run was cancelled, if it was. Where the
 * record ends with a step, that is unknown; cancelling a run that ends with its
 * record makes no difference there.
 */
function cancellationIn(
  recorded: readonly RunEvent[],
  endsThere: boolean,
): number | undefined {
  const last = recorded.at(-1);
  if (last?.type === "run_finished") {
    const isInStep = recorded.at(-2)?.type === "step_finished";
    return last.terminal_reason === "cancelled"
      ? recorded.length - (isInStep ? 3 : 2)
      : undefined;
  }
  return endsThere && last?.type === "step_finished"
    ? recorded.length - 2
    : undefined;
}
