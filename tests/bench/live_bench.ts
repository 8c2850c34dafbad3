import { join } from "../../deps.ts";
import { liveRun } from "./live_run.ts";

const STEPS = 30;

const folder = Deno.makeTempDirSync();
const run = await liveRun(STEPS, folder);
globalThis.addEventListener("unload", () => {
  run[Symbol.dispose]();
  Deno.removeSync(folder, { recursive: true });
});

const options = { group: "live steps", n: 100, warmup: 10 };

let runs = 0;

for (
  const { name, durability } of [
    { name: `a live run of ${STEPS} steps, governed`, durability: "intent" },
    {
      name: `a live run of ${STEPS} steps, governed, not synced`,
      durability: "none",
    },
  ] as const
) {
  Deno.bench({
    ...options,
    name,
    async fn(bench) {
      const out = join(folder, String(runs++));
      bench.start();
      await run.governed(out, durability);
      bench.end();
      Deno.removeSync(out, { recursive: true });
    },
  });
}

Deno.bench({
  ...options,
  name: `a live run of ${STEPS} steps, bare exchange`,
  async fn() {
    await run.bare();
  },
});
