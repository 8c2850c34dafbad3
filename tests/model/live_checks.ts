/**
 * Checks of whole runs against the served model: from HTTP to the tool call and
 * its denial, against weights. As with `server_checks.ts`, `deno task test:model`
 * names this file.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { program, PROJECT } from "../program.ts";
import { CACHE, installed } from "./install.ts";
import { startModel } from "./start.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);
const model = await installed();

Deno.test({
  name: "20 runs against the weights end as the record can say, and verify",
  ignore: !("packages" in model),
  async fn() {
    if (!("packages" in model)) return;
    await using served = await startModel(model.packages);
    const folder = Deno.makeTempDirSync({ dir: CACHE, prefix: "runs-" });
    const ends = new Map<string, number>();
    try {
      for (const seed of SEEDS) {
        const run = join(folder, String(seed));
        const ended = await program(
          [
            ...["run", join(PROJECT, "examples/constitution/task.yaml")],
            ...["--out", run, "--llm", "openai-compatible:random-bytes"],
            ...["--base-url", served.url, "--model-seed", String(seed)],
            ...["--json"],
          ],
          {
            cwd: PROJECT,
            permissions: [
              ...["--unstable-worker-options", "--allow-read"],
              `--allow-write=${folder}`,
              `--allow-net=${new URL(served.url).host}`,
            ],
          },
        );
        assert([0, 2].includes(ended.code), ended.stderr);
        const { terminal_reason } = JSON.parse(ended.stdout);
        ends.set(terminal_reason, (ends.get(terminal_reason) ?? 0) + 1);
        for (const command of ["verify", "replay"]) {
          const checked = await program([command, run], {
            cwd: PROJECT,
            permissions: ["--allow-read"],
          });
          assertEquals(checked.code, 0, checked.stdout + checked.stderr);
        }
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
    console.log(Object.fromEntries(ends));
  },
});
