/**
 * A loop of one's own under `govern`, as another process would have it. It writes each
 * effect of its tools to the file `effects` before it happens. Arguments: the folder;
 * what to do at the end (`close`, `leave`, `hang`); in which order calls side by side
 * return; and the number of the event after which it kills itself (SIGKILL), or `-1`.
 *
 * @module
 */
import { join } from "../deps.ts";
import { govern, tool } from "../mod.ts";
import { z } from "../deps.ts";
import { standardSchema } from "../tools/schema.ts";
import { GOVERNED_POLICY } from "./governed_policy.ts";

const [folder = "", end = "close", order = "abc", kill = "-1"] = Deno.args;

const doors = new Map(
  ["a", "b", "c"].map((name) => [name, Promise.withResolvers<void>()]),
);

const work = tool<{ readonly text: string; readonly waits?: boolean }>({
  name: "work",
  description: "Work on a text",
  args: standardSchema(
    z.strictObject({ text: z.string(), waits: z.optional(z.boolean()) }),
  ),
  effects: {},
  // All the same it is not run again: its caller is gone.
  idempotent: true,
  async run({ text, waits }, { idempotencyKey, signal }) {
    Deno.writeTextFileSync(
      join(folder, "effects"),
      `${text} ${idempotencyKey}\n`,
      { append: true },
    );
    if (text === "hang") {
      console.log("hanging");
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    }
    if (waits) await doors.get(text)?.promise;
    if (text === "wrong") throw new RangeError("Out of range");
    return { text };
  },
});

const session = await govern({
  policy: GOVERNED_POLICY,
  tools: [work],
  out: join(folder, "run"),
  approver: () => Promise.resolve({ approver: "ada", verdict: "approved" }),
  question: "What now?",
  watch({ seq }) {
    if (seq === Number(kill)) Deno.kill(Deno.pid, "SIGKILL");
  },
});
await session.call("work", { text: "first" });
await session.call("work", { text: "wrong" });
await session.call("rm", {});
await session.call("work", { text: "ask me" });
const together = new Map(
  [...order].sort().map((text) => [
    text,
    session.call("work", { text, waits: true }, { id: "the same" }),
  ]),
);
await new Promise((resolve) => setTimeout(resolve, 20));
for (const text of order) {
  doors.get(text)?.resolve();
  await together.get(text);
}
if (end === "hang") await session.call("work", { text: "hang" });
if (end === "close") console.log(JSON.stringify(await session.close("done")));
