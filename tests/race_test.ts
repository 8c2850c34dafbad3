import { assert, assertEquals } from "@std/assert";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { ToolError } from "../tools/tool_error.ts";
import { judged } from "./judged.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const RACE_MS = Deno.args.includes("--full") ? 2_000 : 250;
/** So many races are run while no call was won, or none was refused. */
const MAX_RACES = 20;

/** What a race does over and over again; `round` makes new names. */
interface Race {
  readonly name: string;
  /** What is swapped for a link to its like outside. */
  readonly swapped: "file.txt" | "folder";
  act(sandbox: Sandbox, round: number): Promise<unknown>;
}

const RACES: readonly Race[] = [
  {
    name: "a read of a file that is swapped",
    swapped: "file.txt",
    act: (sandbox) => sandbox.readText(judged(sandbox, "file.txt")),
  },
  {
    name: "a read below a directory that is swapped",
    swapped: "folder",
    act: (sandbox) => sandbox.readText(judged(sandbox, "folder/file.txt")),
  },
  {
    name: "a write of a file that is swapped",
    swapped: "file.txt",
    act: (sandbox) => sandbox.writeText(judged(sandbox, "file.txt"), "WRITTEN"),
  },
  {
    name: "a write over a file below a directory that is swapped",
    swapped: "folder",
    act: (sandbox) =>
      sandbox.writeText(judged(sandbox, "folder/file.txt"), "WRITTEN"),
  },
  {
    name: "a write of new files and directories below one that is swapped",
    swapped: "folder",
    act: (sandbox, round) =>
      sandbox.writeText(
        judged(
          sandbox,
          `folder/${round % 2 === 0 ? "" : `${round}/deep/`}${round}.txt`,
        ),
        "WRITTEN",
      ),
  },
];

/** Both directories hold the same names; the links lead out. */
function build(folder: string): void {
  for (const [place, text] of [["sandbox", "INSIDE"], ["outside", "SECRET"]]) {
    Deno.mkdirSync(`${folder}/${place}/folder`, { recursive: true });
    for (const name of ["file.txt", "folder/file.txt"]) {
      Deno.writeTextFileSync(`${folder}/${place}/${name}`, `${text}`);
    }
  }
  for (const name of ["file.txt", "folder"]) {
    Deno.symlinkSync(`../outside/${name}`, `${folder}/sandbox/link to ${name}`);
  }
}

/** All that a directory holds, with the text of files; what just vanished is left out. */
function contents(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory
      ? [path, ...contents(path)]
      : [`${path}: ${Deno.readTextFileSync(path)}`];
  }).sort();
}

/** Acts until `swapping` ends, and adds what came of it to `counts`. */
async function countOutcomes(
  { act }: Race,
  { sandbox, swapping, counts }: {
    readonly sandbox: Sandbox;
    readonly swapping: Promise<unknown>;
    readonly counts: Map<unknown, number>;
  },
): Promise<void> {
  let isOver = false;
  const over = swapping.finally(() => isOver = true);
  for (let round = 0; !isOver; round++) {
    const outcome = await act(sandbox, round).catch((error: unknown) => {
      if (error instanceof ToolError) return error.type;
      throw error;
    });
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    // Refusals may take no turn of the event loop, which must see the end.
    if (round % 16 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await over;
}

/** Otherwise nothing was won, or nothing was tried. */
function isRaced(counts: ReadonlyMap<unknown, number>): boolean {
  return counts.has("sandbox_violation") &&
    (counts.has("INSIDE") || counts.has("WRITTEN".length));
}

for (const race of RACES) {
  Deno.test({
    name: `directorySandbox() holds in ${race.name}`,
    ignore: lacks("read", "write", "run"),
    async fn() {
      using folder = temporaryFolder();
      build(folder.path);
      const before = contents(`${folder.path}/outside`);
      const root = `${folder.path}/sandbox`;
      const sandbox = directorySandbox(root);
      const counts = new Map<unknown, number>();
      for (let races = 0; races < MAX_RACES && !isRaced(counts); races++) {
        const swapping = program([
          `${root}/${race.swapped}`,
          `${root}/link to ${race.swapped}`,
          `${RACE_MS}`,
        ], { cwd: folder.path, program: `${PROJECT}tests/swapping.ts` });
        await countOutcomes(race, { sandbox, swapping, counts });
        const { code, stderr } = await swapping;
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
      }
      assertEquals(contents(`${folder.path}/outside`), before);
      const told = Deno.inspect(counts);
      assert(!counts.has("SECRET"), told);
      assert(isRaced(counts), told);
    },
  });
}
