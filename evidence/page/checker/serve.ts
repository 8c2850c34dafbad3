/**
 * The script of the Worker that checks a run in the page.
 *
 * @module
 */
import { checker } from "./checker.ts";
import type { Question, Reply } from "./messages.ts";

const here: { postMessage(reply: Reply): void } = globalThis;
const checks = checker(crypto.subtle);

/** Answers one question; what is thrown becomes a reply too. */
async function reply({ id, name, args }: Question): Promise<Reply> {
  try {
    // Each name comes with the arguments of its function.
    const ask: (...args: never[]) => unknown = checks[name];
    return { id, ok: true, value: await Reflect.apply(ask, checks, args) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, ok: false, message };
  }
}

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  here.postMessage(await reply(data));
});
