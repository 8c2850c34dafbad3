/// <reference lib="dom" />
import type { Checker, Reply } from "../checker/messages.ts";

/** The functions of the checker, each of which answers later. */
export type AskedChecker = {
  readonly [Name in keyof Checker]: (
    ...args: Parameters<Checker[Name]>
  ) => Promise<Awaited<ReturnType<Checker[Name]>>>;
};

/**
 * Starts the checker in a Worker.
 *
 * @throws whatever keeps the browser from it
 */
export async function startChecker(packed: string): Promise<AskedChecker> {
  const script = new Blob([Uint8Array.fromBase64(packed)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(script).text();
  const url = URL.createObjectURL(
    new Blob([text], { type: "text/javascript" }),
  );
  const worker = new Worker(url);
  const waiting = new Map<number, (reply: Reply) => void>();
  let count = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const [id, settle] of waiting) settle({ id, ok: false, message });
    waiting.clear();
  });
  const ask = (name: keyof Checker) =>
  // deno-lint-ignore no-explicit-any -- the Worker answers as `Checker` says
  (...args: readonly unknown[]): Promise<any> =>
    new Promise((resolve, reject) => {
      const id = count++;
      waiting.set(id, (reply) => {
        if (reply.ok) resolve(reply.value);
        else reject(new Error(reply.message));
      });
      worker.postMessage({ id, name, args });
    });
  return {
    open: ask("open"),
    check: ask("check"),
    signature: ask("signature"),
    explain: ask("explain"),
    rejudge: ask("rejudge"),
  };
}
