import { join } from "../../deps.ts";
import { liveRun } from "./live_run.ts";

const STEPS = 30;

const options = { group: "live steps", n: 100, warmup: 10 };
const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

for (const tool of ["read", "write"] as const) {
  const run = await liveRun(STEPS, { folder: join(folder, tool), tool });
  globalThis.addEventListener("unload", () => run[Symbol.dispose]());
  let runs = 0;

  Deno.bench({
    ...options,
    name: `a live run of ${STEPS} steps, ${tool}, governed`,
    async fn(bench) {
      const out = join(folder, tool, String(runs++));
      bench.start();
      await run.governed(out, "intent");
      bench.end();
      Deno.removeSync(out, { recursive: true });
    },
  });

  Deno.bench({
    ...options,
    name: `a live run of ${STEPS} steps, ${tool}, only asked`,
    async fn() {
      await run.ungoverned();
    },
  });
}
