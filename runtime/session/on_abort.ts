/**
 * Aborts a controller when a signal does, until it is disposed of. Unlike
 * `AbortSignal.any`, it leaves nothing behind at a signal that lives longer.
 */
export function onAbort(
  signal: AbortSignal,
  controller: AbortController,
): Disposable {
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return {
    [Symbol.dispose]: () => signal.removeEventListener("abort", abort),
  };
}
