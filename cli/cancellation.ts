/** A signal that aborts on Ctrl-C or SIGTERM, so that the run ends as cancelled, on record. */
export function cancelOnSignal():
  & { readonly signal: AbortSignal }
  & Disposable {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(new DOMException("The run was interrupted", "AbortError"));
  for (const name of SIGNALS) Deno.addSignalListener(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) Deno.removeSignalListener(name, abort);
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
