import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { differences } from "../evidence/recording/differences.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { CANONICAL_RUN as RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import {
  type Ended,
  program,
  PROJECT,
  temporaryFolder,
  warmProgram,
} from "./program.ts";
import { IS_FULL } from "./sample.ts";

const runs = { ignore: lacks("read", "write", "run") };

/** Runs `canonical` in a process that kills itself at its n-th change to the disk. */
function killedAt(n: number, cwd: string): Promise<Ended> {
  return program([String(n)], {
    cwd,
    program: join(PROJECT, "tests/killed_canonical.ts"),
  });
}

/** How many of the first and of the last changes are tried, and each how many of the many alike between them. */
const { FIRST, EACH, LAST } = IS_FULL
  ? { FIRST: 4, EACH: 12, LAST: 10 }
  : { FIRST: 1, EACH: 96, LAST: 4 };

function moments(changes: number): readonly number[] {
  return Array.from({ length: changes }, (_, index) => index + 1)
    .filter((n) => n <= FIRST || n % EACH === 0 || n > changes - LAST);
}

Deno.test({
  name:
    "canonical, killed at a change to the disk and run again, leaves whole runs only",
  ...runs,
  async fn() {
    const committed = readArtifacts(join(PROJECT, "runs", RUN));
    using finished = temporaryFolder();
    await killedAt(0, finished.path);
    const { stdout } = await killedAt(0, finished.path);
    const changes = Number(stdout.trim().split("\n").at(-1));
    for (const [index, moment] of moments(changes).entries()) {
      // Where nothing was, each is tried in full, and otherwise every other one.
      if (IS_FULL || index % 2 === 0) {
        using folder = temporaryFolder();
        await killedAt(moment, folder.path);
        assertWhole(folder.path, committed);
      }
      assertEquals((await killedAt(moment, finished.path)).code, 137);
      assertWhole(finished.path, committed);
      const rerun = await warmProgram(["canonical"], { cwd: finished.path });
      assertEquals(rerun.code, 0, rerun.stderr);
      assertEquals(entries(join(finished.path, "runs")), [".lock", RUN]);
      assertWhole(finished.path, committed);
    }
  },
});

/** A file with its final name is complete and right, or does not exist. */
function assertWhole(
  folder: string,
  committed: ReadonlyMap<string, string>,
): void {
  const visible = entries(join(folder, "runs")).filter((name) =>
    !name.startsWith(".")
  );
  for (const name of visible) {
    const found = readArtifacts(join(folder, "runs", name));
    assertEquals(differences(committed, found), [], name);
  }
}

function entries(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

Deno.test({
  name: "a second process is told that the first one is writing",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    Deno.mkdirSync(join(folder.path, "runs"));
    using lock = Deno.openSync(join(folder.path, "runs", ".lock"), {
      create: true,
      write: true,
    });
    lock.lockSync(true);
    const { code, stderr } = await warmProgram(["canonical"], {
      cwd: folder.path,
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, 'Cannot write to "runs": another process');
  },
});
