import type { Volatile } from "../../evidence/recording/manifest.ts";

/** What differs from run to run: the time now, the time it took, the commit. */
export function stopwatch(): () => Volatile {
  const start = performance.now();
  return () => ({
    timestamp: new Date().toISOString(),
    wall_clock_seconds: Math.round(performance.now() - start) / 1000,
    git_sha: gitSha(),
  });
}

/** The commit of the clone that this program is run from; `null` elsewhere. */
function gitSha(): string | null {
  const git = new URL("../../.git/", import.meta.url);
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
