/** What the exchanging thread is to do. */
export interface ExchangeOrder {
  /** The file or folder that is exchanged. */
  readonly place: string;
  /** Where the links lead that take its place in turn. */
  readonly targets: readonly string[];
  /** The existing entry that takes its place in turn. Default: none. */
  readonly others?: readonly string[];
  /** One 32-bit word that holds a value of `EXCHANGE`. */
  readonly state: SharedArrayBuffer;
}

/** How far the thread is; the first two are its own to leave. */
export const EXCHANGE = {
  starting: 0,
  running: 1,
  stopping: 2,
  ended: 3,
} as const;

/** Exchanges a file or folder for links and others, in a thread, as long as its scope lasts. */
export async function exchanging(
  order: Omit<ExchangeOrder, "state">,
): Promise<AsyncDisposable> {
  const state = new SharedArrayBuffer(4);
  const signal = new Int32Array(state);
  const url = new URL("./exchange_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  worker.postMessage({ ...order, state });
  await Atomics.waitAsync(signal, 0, EXCHANGE.starting).value;
  return {
    async [Symbol.asyncDispose]() {
      Atomics.store(signal, 0, EXCHANGE.stopping);
      await Atomics.waitAsync(signal, 0, EXCHANGE.stopping).value;
      worker.terminate();
    },
  };
}
