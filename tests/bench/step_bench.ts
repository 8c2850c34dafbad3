import { join } from "../../deps.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { runDirectory } from "../../evidence/store/run_directory.ts";
import { agentLoop } from "../../runtime/loop.ts";
import { idleEnv, longRun } from "./long_run.ts";

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

let runs = 0;

for (const { steps, n } of [{ steps: 50, n: 400 }, { steps: 5000, n: 12 }]) {
  Deno.bench({
    name: `a run of ${steps} steps, recorded`,
    group: "steps",
    n,
    warmup: Math.ceil(n / 4),
    async fn(bench) {
      const spec = longRun(steps);
      const path = join(folder, String(runs++));
      bench.start();
      {
        using sink = runDirectory(path);
        await recordRun(agentLoop(spec, idleEnv()), sink, {
          durability: "none",
          programVersion: "0.0.0",
          volatile: () => ({
            timestamp: "",
            wall_clock_seconds: 0,
            git_sha: null,
          }),
        });
      }
      bench.end();
      Deno.removeSync(path, { recursive: true });
    },
  });
}
