import { join } from "../../deps.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { runDirectory } from "../../evidence/store/run_directory.ts";
import { governedSession } from "../../runtime/session/governed_session.ts";
import { idleEnv, longSession } from "./long_run.ts";

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

let sessions = 0;

for (const { calls, n } of [{ calls: 50, n: 400 }, { calls: 5000, n: 12 }]) {
  Deno.bench({
    name: `a session of ${calls} calls, recorded`,
    group: "sessions",
    n,
    warmup: Math.ceil(n / 4),
    async fn(bench) {
      const spec = longSession();
      const path = join(folder, String(sessions++));
      bench.start();
      {
        using sink = runDirectory(path);
        const session = governedSession(
          spec,
          idleEnv(),
          (events) =>
            recordRun(events, sink, {
              durability: "none",
              programVersion: "0.0.0",
              volatile: () => ({
                timestamp: "",
                wall_clock_seconds: 0,
                git_sha: null,
              }),
            }),
        );
        for (let n = 0; n < calls; n++) await session.call("count", { n });
        await session.close();
      }
      bench.end();
      Deno.removeSync(path, { recursive: true });
    },
  });
}
