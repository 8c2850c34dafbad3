import { RecordedFailure } from "../attempt/recorded_failure.ts";
import { type Env, virtualClock } from "../env.ts";
import type { RerunState } from "./continuation.ts";
import { rerunTool } from "./rerun_tool.ts";
import { addressesOf, approvalOf } from "./recorded_answers.ts";

/** The outside world as recorded, and the present one after the record. */
export function rerunEnv(state: RerunState): Env & { expire(): void } {
  const { cursor, continuation } = state;
  const past = virtualClock(0n);
  return {
    now: () => cursor.takeReading() ?? continuation.world().now(),
    async sleep(ms, signal) {
      const { next } = cursor;
      if (next === undefined) {
        return await continuation.world().sleep(ms, signal);
      }
      const ended = next.type === "tool_finished" ||
        next.type === "llm_completed";
      if (ended && next.error !== null) throw new RecordedFailure(next.error);
    },
    deadline(ms, expired) {
      const clock = cursor.next === undefined
        ? continuation.world()
        // A call that is sent again may hang, although it did not before.
        : continuation.goesOn && cursor.isResultLost
        ? continuation.open()
        : past;
      return clock.deadline(ms, expired);
    },
    async resolve(url, signal) {
      const { next } = cursor;
      return next === undefined
        ? await continuation.world().resolve(url, signal)
        : addressesOf(next, url.hostname);
    },
    async approver(request, signal) {
      const { next } = cursor;
      return next === undefined
        ? await continuation.world().approver?.(request, signal) ??
          approvalOf(next)
        : approvalOf(next);
    },
    outage(error) {
      const { next } = cursor;
      if (next?.type === "attempt_finished") return "again";
      if (next !== undefined) return "end";
      const { outage } = continuation.world();
      // Where the record ends with the outage, the run is to go on.
      return outage?.(error) ?? (cursor.isAtEnd ? "again" : "stop");
    },
    inOrder: () =>
      cursor.hasEnded && (continuation.world().inOrder?.() ?? false),
    next: () => cursor.next,
    async toolChanges(tools) {
      const { next } = cursor;
      if (next === undefined) {
        return continuation.goesOn
          ? await continuation.world().toolChanges?.(tools)
          : undefined;
      }
      return next.type !== "tools_changed" ? undefined : {
        tools: next.tools.map((tool) =>
          rerunTool(continuation.toolOf(tool), state)
        ),
        removed: next.removed,
      };
    },
    signal: continuation.signal,
    expire() {
      past.expire();
      continuation.expire();
    },
  };
}
