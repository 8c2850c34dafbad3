/**
 * Measures what it costs to import each entry of the package, beside importing zod.
 *
 * @module
 */
import { join } from "../../deps.ts";
import { bundled } from "../browser/bundle.ts";
import { PROJECT } from "../program.ts";

const ROUNDS = 15;

const EMPTY = "an empty program";
const ZOD = "zod";

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  [EMPTY, "tests/bench/empty.ts"],
  [ZOD, "tests/bench/zod.ts"],
  ["./loop", "runtime/mod.ts"],
  ["./verify", "evidence/verify/mod.ts"],
  ["./verify/decisions", "evidence/verify/decisions/mod.ts"],
  [".", "tests/bench/main_entry.ts"],
]);

/** Entries that are measured as one script too: the same code without loading modules. */
const BUNDLED = ["./loop", "./verify"];

/** How much processor time one program takes. */
export interface EntryTime {
  readonly name: string;
  /** Milliseconds of user and system time of the whole process, the least of all rounds. */
  readonly ms: number;
  /** The same, as a multiple of importing zod. */
  readonly ofZod: number;
  /** The multiple when what an empty program takes is left out on both sides. */
  readonly ofZodAlone: number;
}

/** Imports zod and each entry in turn, and measures the processes. */
export async function entryTimes(): Promise<readonly EntryTime[]> {
  const folder = await Deno.makeTempDir();
  try {
    return await measured([
      ...[...PROGRAMS].map(([name, path]): Program => ({
        name,
        path: join(PROJECT, path),
      })),
      ...await Promise.all(BUNDLED.map((name) => bundleOf(name, folder))),
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Program {
  readonly name: string;
  readonly path: string;
}

async function bundleOf(name: string, folder: string): Promise<Program> {
  const path = join(folder, `${name.replaceAll(/\W/g, "")}.js`);
  await Deno.writeTextFile(path, await bundled(PROGRAMS.get(name) ?? ""));
  return { name: `${name}, bundled`, path };
}

async function measured(
  programs: readonly Program[],
): Promise<readonly EntryTime[]> {
  const least = new Map<string, number>();
  // The first round fills Deno's caches and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, path } of programs) {
      const ms = await processorTime(path);
      if (round === 0) continue;
      least.set(name, Math.min(ms, least.get(name) ?? Infinity));
    }
  }
  const [empty, zod] = [least.get(EMPTY) ?? NaN, least.get(ZOD) ?? NaN];
  return [...least].filter(([name]) => name !== EMPTY).map(([name, ms]) => ({
    name,
    ms,
    ofZod: ms / zod,
    ofZodAlone: (ms - empty) / (zod - empty),
  }));
}

/** Milliseconds of processor time, as the shell measures them. */
async function processorTime(path: string): Promise<number> {
  const { success, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>&1',
      "bash",
      ...[Deno.execPath(), "run", "--quiet", "--no-prompt", path],
    ],
    env: { LC_ALL: "C" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  const times = said.trim().split(" ").map(Number);
  if (!success || times.length !== 2) {
    throw new Error(`Cannot run ${path}: ${said}`);
  }
  return times.reduce((sum, seconds) => sum + seconds * 1000, 0);
}
