import { assert } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../permissions.ts";
import { temporaryFolder } from "../program.ts";
import { liveRun } from "./live_run.ts";

const STEPS = 8;

/** Whatever else the machine does only ever adds, so the best of some rounds counts. */
const ROUNDS = 60;

/** Thrice the promised millisecond, for a busy machine. */
const LIMIT_MS = 3;

/** Milliseconds that a step of some work takes. */
async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / STEPS;
}

Deno.test({
  name: `governance adds at most ${LIMIT_MS} ms to a step with a live model`,
  ignore: lacks("read", "write", "net"),
  async fn() {
    using folder = temporaryFolder();
    using run = await liveRun(STEPS, { folder: folder.path, tool: "read" });
    let asked = Infinity;
    for (let round = 0; round < 10; round++) {
      asked = Math.min(asked, await timed(run.ungoverned));
    }
    let over = Infinity;
    for (let round = 0; round < ROUNDS && over > LIMIT_MS; round++) {
      const out = join(folder.path, String(round));
      const governed = await timed(() => run.governed(out, "intent"));
      over = Math.min(over, governed - asked);
    }
    assert(over <= LIMIT_MS, `${over} ms`);
  },
});
