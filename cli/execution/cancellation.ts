/** What Ctrl-C and SIGTERM do to a run, as long as this is not disposed of. */
export interface Cancellation extends Disposable {
  /** Aborts at the first of them, so that the run ends as cancelled, on record. */
  readonly signal: AbortSignal;
  /** A signal for what follows the run: it aborts at the first of them from now on. */
  next(): AbortSignal;
}

/** Begins to listen for Ctrl-C and SIGTERM. */
export function cancelOnSignal(): Cancellation {
  let current = new AbortController();
  const { signal } = current;
  const abort = () =>
    current.abort(new DOMException("The run was interrupted", "AbortError"));
  for (const name of SIGNALS) Deno.addSignalListener(name, abort);
  return {
    signal,
    next() {
      current = new AbortController();
      return current.signal;
    },
    [Symbol.dispose]() {
      for (const name of SIGNALS) Deno.removeSignalListener(name, abort);
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
