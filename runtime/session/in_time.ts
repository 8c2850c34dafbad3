import type { Session } from "./session.ts";
import { attempt, type Attempted } from "../attempt/attempt.ts";
import { onAbort } from "./on_abort.ts";
import type { FailureKind } from "../record/vocabulary.ts";

/** How long one attempt of a tool, or a look-up, may take when the policy does not say, in milliseconds. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 30_000;

/**
 * Does work that may fail, once, within `ms` milliseconds. Work that takes longer
 * is told to stop and not waited for; it fails with the kind `late`.
 */
export async function inTime<T>(
  { env, signal: given }: Pick<Session, "env" | "signal">,
  { ms, work, late: kind }: {
    readonly ms: number;
    readonly work: (signal: AbortSignal) => Promise<T>;
    readonly late: FailureKind;
  },
): Promise<Attempted<T>> {
  const controller = new AbortController();
  const { signal } = controller;
  let late = false;
  using _deadline = env.deadline(ms, () => {
    late = true;
    controller.abort(new DOMException(lateness(ms), "TimeoutError"));
  });
  using _cancellation = onAbort(given, controller);
  const attempted = await attempt(() => work(signal), signal);
  if (attempted.ok || given.aborted || !late) return attempted;
  return {
    ok: false,
    error: {
      kind,
      type: "timeout",
      exception_class: "TimeoutError",
      message: lateness(ms),
    },
  };
}

function lateness(ms: number): string {
  return `there was no result within ${ms} ms`;
}
