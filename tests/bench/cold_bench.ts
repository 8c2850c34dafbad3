import { join } from "../../deps.ts";
import { PROJECT } from "../program.ts";

const BASELINE = join(PROJECT, "tests/bench/baseline.ts");
const PROGRAM = join(PROJECT, "mod.ts");
const PERMISSIONS = ["--allow-read", "--allow-write"];
const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => {
  Deno.removeSync(folder, { recursive: true });
});

/** Runs a program in a process of its own, from start to exit. */
async function start(...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...args],
    cwd: folder,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot run ${args.join(" ")}`);
}

const options = { group: "cold start", n: 30, warmup: 3 };

// Only an `async` function is awaited.
Deno.bench({
  ...options,
  name: "cold start: import zod and @std/yaml",
  baseline: true,
  async fn() {
    await start(BASELINE);
  },
});

Deno.bench({
  ...options,
  name: "cold start: canonical",
  async fn() {
    await start(...PERMISSIONS, PROGRAM, "canonical");
  },
});
