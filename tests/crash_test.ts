import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "../deps.ts";
import { LedgerError, readLedger } from "../evidence/read_ledger.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { besideProgress } from "./beside_progress.ts";
import {
  CRASH_TASKS,
  crashTask,
  effects,
  goOn,
  type Play,
  play,
} from "./crash.ts";
import { lacks } from "./permissions.ts";
import {
  type Ended,
  program,
  PROJECT,
  temporaryFolder,
  warmProgram,
} from "./program.ts";

const FULL = Deno.args.includes("--full");
const SEED = 20261124;

/** How many points of each task are tried. */
const KILLS = FULL ? 210 : 3;
const CUTS = FULL ? Infinity : 8;

const needs = { ignore: lacks("read", "write", "run") };
const DETERMINISTIC = ["state.jsonl", "trace.json", "run_report.md"];

/** Numbers from 1 to `limit`, all of them or a sample that depends on the seed alone. */
function points(limit: number, count: number): readonly number[] {
  if (count >= limit) return Array.from({ length: limit }, (_, n) => n + 1);
  let state = SEED;
  const drawn = new Set<number>([1, limit]);
  while (drawn.size < count) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    drawn.add(1 + state % limit);
  }
  return [...drawn].sort((one, other) => one - other);
}

/** Plays a task without being disturbed. */
async function undisturbed(given: Omit<Play, "folder">) {
  using folder = temporaryFolder();
  await play({ ...given, folder: folder.path });
  const ledger = Deno.readFileSync(join(folder.path, "run/state.jsonl"));
  return {
    ledger,
    artifacts: artifactsIn(folder.path),
    effects: effects(folder.path),
    sandbox: new Map(filesBelow(join(folder.path, "run/sandbox"))),
  };
}

function artifactsIn(folder: string): readonly string[] {
  return DETERMINISTIC.map((name) =>
    Deno.readTextFileSync(join(folder, "run", name))
  );
}

function* filesBelow(folder: string): Generator<[string, string]> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield [path.replace(/.*\/sandbox\//, ""), Deno.readTextFileSync(path)];
  }
}

/** Idempotency keys of the calls whose receipt is on record. */
function receipts(events: readonly RunEvent[]): readonly string[] {
  let key = "";
  return events.flatMap((event) => {
    if (event.type === "tool_started") key = event.idempotency_key;
    return event.type === "tool_finished" ? [key] : [];
  });
}

/** Resumes the run in `folder` and compares the end with an undisturbed one. */
async function comesToTheSame(
  given: Play,
  whole: Awaited<ReturnType<typeof undisturbed>>,
  where: string,
): Promise<void> {
  const ledger = Deno.readFileSync(join(given.folder, "run/state.jsonl"));
  const { events } = readLedger(ledger);
  if (events.length === 0) return;
  const before = effects(given.folder).length;
  await goOn(given);
  assertEquals(artifactsIn(given.folder), whole.artifacts, where);
  const done = receipts(events);
  for (const line of effects(given.folder).slice(before)) {
    const key = line.split(" ")[1] ?? "";
    assert(!done.includes(key), `${where}: ${line} was repeated`);
  }
  assertEquals(
    new Map(filesBelow(join(given.folder, "run/sandbox"))),
    whole.sandbox,
    where,
  );
}

for (const path of CRASH_TASKS) {
  Deno.test(
    `${path}, killed at ${KILLS} bytes of its ledger (seed ${SEED}), is resumed to the same end`,
    needs,
    async () => {
      const given = { task: crashTask(path), durability: "intent" } as const;
      const whole = await undisturbed(given);
      for (const bytes of points(whole.ledger.length, KILLS)) {
        using folder = temporaryFolder();
        const { code, stderr } = await program(
          [path, folder.path, String(bytes)],
          { cwd: PROJECT, program: join(PROJECT, "tests/crash_child.ts") },
        );
        assertEquals(code, 137, stderr);
        const ledger = Deno.readFileSync(join(folder.path, "run/state.jsonl"));
        assertEquals(ledger, whole.ledger.subarray(0, bytes));
        const at = { ...given, folder: folder.path };
        await comesToTheSame(at, whole, `killed at byte ${bytes}`);
      }
    },
  );

  Deno.test(
    `${path}, cut at ${
      CUTS === Infinity ? "every byte" : `${CUTS} bytes`
    } of its ledger, is resumed to the same end`,
    needs,
    async () => {
      const given = { task: crashTask(path), durability: "none" } as const;
      const whole = await undisturbed(given);
      for (const bytes of points(whole.ledger.length, CUTS)) {
        using folder = temporaryFolder();
        const at = { ...given, folder: folder.path };
        await play(at);
        const run = join(folder.path, "run");
        for (const name of ["manifest.json", "trace.json", "run_report.md"]) {
          Deno.removeSync(join(run, name));
        }
        Deno.truncateSync(join(run, "state.jsonl"), bytes);
        await comesToTheSame(at, whole, `cut at byte ${bytes}`);
      }
    },
  );
}

Deno.test(
  "an intent without a receipt of a tool that is not idempotent ends as indeterminate",
  needs,
  async () => {
    const given = {
      task: crashTask("tests/crash/denied_and_told.yaml"),
      durability: "none",
      idempotent: false,
    } as const;
    const whole = await undisturbed(given);
    const { events } = readLedger(whole.ledger);
    const text = new TextDecoder().decode(whole.ledger);
    const behind = (type: RunEvent["type"]) =>
      text.split("\n").slice(
        0,
        events.findIndex((each) => each.type === type) + 1,
      )
        .join("\n").length + 1;
    for (const bytes of [behind("tool_started"), behind("attempt_finished")]) {
      using folder = temporaryFolder();
      const at = { ...given, folder: folder.path };
      await play(at);
      const run = join(folder.path, "run");
      for (const name of ["manifest.json", "trace.json", "run_report.md"]) {
        Deno.removeSync(join(run, name));
      }
      Deno.truncateSync(join(run, "state.jsonl"), bytes);
      const before = effects(folder.path).length;
      const finished = await goOn(at);
      assertEquals(finished.terminal_reason, "failure_mode_terminal");
      assertEquals(effects(folder.path).length, before);
      const ledger = Deno.readTextFileSync(join(run, "state.jsonl"));
      assert(ledger.includes('"type":"indeterminate"'));
    }
  },
);

Deno.test(
  "a malformed line in the middle of a ledger is an error with its number",
  needs,
  async () => {
    const whole = await undisturbed({
      task: crashTask("tests/crash/denied_and_told.yaml"),
      durability: "none",
    });
    const lines = new TextDecoder().decode(whole.ledger).split("\n");
    const broken = lines.with(4, (lines[4] ?? "").slice(0, -1)).join("\n");
    const error = assertThrows(
      () => readLedger(new TextEncoder().encode(broken)),
      LedgerError,
    );
    assertEquals(error instanceof LedgerError && error.line, 5);
  },
);

Deno.test(
  "resume tells what it cannot go on with, and changes nothing",
  needs,
  async () => {
    using folder = temporaryFolder();
    const at = {
      task: crashTask("tests/crash/denied_and_told.yaml"),
      durability: "none",
      folder: folder.path,
    } as const;
    await play(at);
    const run = join(folder.path, "run");
    const ledger = Deno.readTextFileSync(join(run, "state.jsonl"));
    const resume = async (text: string) => {
      Deno.writeTextFileSync(join(run, "state.jsonl"), text);
      const ended = await warmProgram(["resume", "run"], { cwd: folder.path });
      assertEquals(Deno.readTextFileSync(join(run, "state.jsonl")), text);
      return [ended.code, ended.stdout, ended.stderr.trim()];
    };
    assertEquals(await resume(ledger), [
      1,
      "",
      'Cannot resume "run": the run is finished; see resume --help',
    ]);
    Deno.removeSync(join(run, "manifest.json"));
    assertEquals(await resume(ledger.slice(0, 100)), [
      1,
      "",
      "run/state.jsonl: it has no complete line, so nothing is on record",
    ]);
    assertEquals(await resume(ledger.replace('"step":1', '"step":2')), [
      1,
      "",
      "run/state.jsonl:2: the line is not as it was sealed: its hashes or the form of its JSON differ",
    ]);
    using file = Deno.openSync(join(run, "state.jsonl"), { write: true });
    file.lockSync(true);
    const [code, , stderr] = await resume(
      ledger.split("\n").slice(0, 5).join("\n") + "\n",
    );
    assertEquals([code, stderr], [
      1,
      "run: another process is writing it",
    ]);
  },
);

/**
 * Runs a command line where files cannot grow beyond so many KiB; an attempt is
 * an error and does not kill the process.
 */
async function onFullDisk(
  kib: number,
  args: readonly string[],
  cwd: string,
): Promise<Pick<Ended, "code" | "stderr">> {
  const { code, stderr } = await new Deno.Command("bash", {
    args: [
      ...["-c", `trap "" XFSZ; ulimit -f ${kib}; exec "$@"`, "bash"],
      ...[Deno.execPath(), "run", "--quiet", "--no-lock", "--no-prompt"],
      ...["--allow-read", "--allow-write", join(PROJECT, "mod.ts"), ...args],
    ],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test(
  "a full disk ends the run with a clear error, and it can be resumed",
  needs,
  async () => {
    const task = join(PROJECT, "tasks/canonical.yaml");
    const corpus = join(PROJECT, "corpus/v1");
    using whole = temporaryFolder();
    const args = ["run", task, "--corpus", corpus, "--out", "run"];
    assertEquals((await warmProgram(args, { cwd: whole.path })).code, 0);
    using folder = temporaryFolder();
    const { code, stderr } = await onFullDisk(12, args, folder.path);
    assertEquals(code, 1);
    assertEquals(
      besideProgress(stderr),
      'Cannot write "run/state.jsonl": File too large (os error 27); the run is on record up to here and can be resumed\n',
    );
    const ledger = Deno.readFileSync(join(folder.path, "run/state.jsonl"));
    const { events, torn } = readLedger(ledger);
    assert(events.length > 2);
    assertEquals(torn.length, 0);
    const resumed = await warmProgram(["resume", "run"], { cwd: folder.path });
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(artifactsIn(folder.path), artifactsIn(whole.path));
  },
);

Deno.test(
  "a disk that is full from the start leaves nothing to resume, and the run says so",
  needs,
  async () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(
      join(folder.path, "task.yaml"),
      "id: tea\nquestion: Tea?\nscript: [{ answer: Yes. }]\n",
    );
    await warmProgram(["keygen", "--out", "key"], { cwd: folder.path });
    const { code, stderr } = await onFullDisk(
      1,
      ["run", "task.yaml", "--out", "run", "--sign", "key"],
      folder.path,
    );
    assertEquals([code, stderr], [
      1,
      'Cannot write "run/state.jsonl": File too large (os error 27); nothing is on record, so the run must be started again\n',
    ]);
    assertEquals(
      Deno.statSync(join(folder.path, "run/state.jsonl")).size,
      0,
    );
    const resumed = await warmProgram(["resume", "run"], { cwd: folder.path });
    assertEquals([resumed.code, resumed.stderr], [
      1,
      "run/state.jsonl: it has no complete line, so nothing is on record\n",
    ]);
  },
);

Deno.test(
  "a disk that is full before the documents are written leaves a run that can be resumed",
  needs,
  async () => {
    const args = ["run", "task.yaml", "--corpus", "documents", "--out", "run"];
    using whole = temporaryFolder();
    using folder = temporaryFolder();
    for (const { path } of [whole, folder]) {
      Deno.writeTextFileSync(
        join(path, "task.yaml"),
        "id: tea\nquestion: Tea?\nscript: [{ answer: Yes. }]\n",
      );
      Deno.mkdirSync(join(path, "documents"));
      Deno.writeTextFileSync(join(path, "documents/a.md"), "Tea\n");
      Deno.writeTextFileSync(
        join(path, "documents/b.md"),
        "tea ".repeat(50_000),
      );
    }
    assertEquals((await warmProgram(args, { cwd: whole.path })).code, 0);
    assertEquals(await onFullDisk(100, args, folder.path), {
      code: 1,
      stderr:
        'Cannot write "run/sandbox/corpus/b.md": File too large (os error 27); the run is on record up to here and can be resumed\n',
    });
    const resume = (...more: readonly string[]) =>
      warmProgram(["resume", "run", ...more], { cwd: folder.path });
    const { code, stderr } = await resume();
    assertEquals([code, stderr], [
      1,
      "run/sandbox/corpus: these are not the documents of the run; name the folder that it was made of with --corpus\n",
    ]);
    const resumed = await resume("--corpus", "documents");
    assertEquals(resumed.code, 0, resumed.stderr);
    assertEquals(artifactsIn(folder.path), artifactsIn(whole.path));
    assertEquals(
      Deno.readTextFileSync(join(folder.path, "run/sandbox/corpus/b.md")),
      Deno.readTextFileSync(join(folder.path, "documents/b.md")),
    );
  },
);
