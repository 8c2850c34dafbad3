/** Sessions that Ctrl-C and SIGTERM cancel, with the end of their records. */
const OPEN = new Map<AbortController, Promise<unknown>>();

/** As a shell reports it, 128 and the number of the signal. */
const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;

const LISTENERS = SIGNALS.map(([name, code]) =>
  [name, () => void endAll(code)] as const
);

/** Cancels all open sessions; when their records have ended, the process does. */
async function endAll(code: number): Promise<void> {
  for (const controller of OPEN.keys()) {
    controller.abort(
      new DOMException("The session was interrupted", "AbortError"),
    );
  }
  await Promise.allSettled(OPEN.values());
  Deno.exit(code);
}

/**
 * Has Ctrl-C and SIGTERM cancel a session until its record has ended. Without it
 * they would end the process at once; with it they do when every open session has
 * ended on record.
 */
export function untilEnded(
  controller: AbortController,
  ended: Promise<unknown>,
): void {
  if (OPEN.size === 0) {
    for (const [name, end] of LISTENERS) Deno.addSignalListener(name, end);
  }
  OPEN.set(controller, ended);
  const leave = () => {
    OPEN.delete(controller);
    if (OPEN.size > 0 || controller.signal.aborted) return;
    for (const [name, end] of LISTENERS) Deno.removeSignalListener(name, end);
  };
  ended.then(leave, leave);
}
