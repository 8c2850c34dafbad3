import { dirname, join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { PROJECT } from "./program.ts";

/** The folders of all committed runs, sorted. */
export function committedRuns(): readonly string[] {
  const options = { includeDirs: false, includeSymlinks: false };
  return [...walkSync(join(PROJECT, "runs"), options)].map(({ path }) => path)
    .filter((path) => path.endsWith("/state.jsonl")).map(dirname).sort();
}

/** The four artifacts of a run, as bytes. */
export function filesOfRun(run: string): ReadonlyMap<string, Uint8Array> {
  return new Map(
    ["state.jsonl", "trace.json", "run_report.md", "manifest.json"].map((
      name,
    ) => [name, Deno.readFileSync(join(run, name))]),
  );
}
