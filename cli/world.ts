import { type Env, virtualClock } from "../runtime/env.ts";
import type { FetchLike } from "../tools/fetch.ts";

/** The network of this machine, within the permissions of the process. */
export const network: FetchLike = (url, init) => fetch(url, init);

/** A network that is not there: everything outside the corpus is unreachable. */
export const noNetwork: FetchLike = (url) =>
  Promise.reject(new TypeError(`There is no network here for ${url}`));

/** A time limit in real time. */
function deadline(ms: number, expired: () => void): Disposable {
  const timer = setTimeout(expired, ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Waits in real time; rejects when the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(signal.reason);
    }
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * The environment of a scripted run: its clock moves only when it is read or
 * slept on, so the record is the same every time. `waits` says whether sleeps
 * and deadlines take real time too, as they must when a real server is on the
 * other side; without it, only `expire` reaches a deadline.
 */
export function deterministicEnv(
  start: bigint,
  { signal, waits }: { readonly signal: AbortSignal; readonly waits: boolean },
): Env & { expire(): void } {
  const clock = virtualClock(start);
  return {
    now: clock.now,
    async sleep(ms, signal) {
      await clock.sleep(ms);
      if (waits) await wait(ms, signal);
    },
    deadline: waits ? deadline : clock.deadline,
    expire: clock.expire,
    signal,
  };
}

/** What differs from run to run: the time now, the time it took, the commit. */
export function stopwatch(): () => {
  readonly timestamp: string;
  readonly wall_clock_seconds: number;
  readonly git_sha: string | null;
} {
  const start = performance.now();
  return () => ({
    timestamp: new Date().toISOString(),
    wall_clock_seconds: Math.round(performance.now() - start) / 1000,
    git_sha: gitSha(),
  });
}

/** The commit of the clone that this program is run from; `null` elsewhere. */
function gitSha(): string | null {
  const git = new URL("../.git/", import.meta.url);
  if (git.protocol !== "file:") return null;
  const text = (path: string): string | undefined => {
    try {
      return Deno.readTextFileSync(new URL(path, git)).trim();
    } catch {
      return undefined;
    }
  };
  const head = text("HEAD");
  const ref = head?.match(/^ref: (refs\/[\w./-]+)$/)?.[1];
  if (ref === undefined) return head?.match(/^[0-9a-f]{40}$/)?.[0] ?? null;
  return text(ref) ??
    text("packed-refs")?.match(new RegExp(`^([0-9a-f]{40}) ${ref}$`, "m"))
      ?.[1] ??
    null;
}
