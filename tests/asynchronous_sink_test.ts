import { assert, assertEquals } from "@std/assert";
import { orStopped } from "../cli/execution/run_end.ts";
import { join } from "../deps.ts";
import {
  type ArtifactName,
  type ArtifactSink,
  memorySink,
  type SynchronousSink,
} from "../evidence/artifacts.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import { runDirectory } from "../evidence/store/run_directory.ts";
import { WriteError } from "../evidence/store/write_error.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { CRASH_TASKS, crashTask, effects, play } from "./crash.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";
import { rehearsal } from "./rehearsal.ts";
import { REHEARSALS } from "./rehearsals.ts";

const OPTIONS = {
  programVersion: "0.0.0",
  volatile: () => ({
    timestamp: "2026-11-22T09:00:00.000Z",
    wall_clock_seconds: 1.5,
    git_sha: null,
  }),
};

/** What was asked of a sink and was done, in the order in which it was done. */
type Done = "handOver" | "sync" | "commit";

interface FileSink extends ArtifactSink, AsyncDisposable {
  readonly done: Done[];
  /** What the files hold, once everything that was handed over is in them. */
  text(name: ArtifactName): string;
}

/**
 * A sink that keeps what is appended, and writes it with asynchronous calls when
 * it is asked to. `before` is asked first, and may take its time or refuse.
 */
async function fileSink(
  folder: string,
  before: (what: Done) => Promise<void> = () => Promise.resolve(),
): Promise<FileSink> {
  const names = ["state.jsonl", "trace.json", "run_report.md", "manifest.json"];
  const files = new Map<string, Deno.FsFile>();
  for (const name of names) {
    const path = join(folder, name);
    files.set(name, await Deno.open(path, { write: true, createNew: true }));
  }
  let waiting: { readonly name: ArtifactName; readonly bytes: Uint8Array }[] =
    [];
  const done: Done[] = [];
  async function written(what: Done): Promise<void> {
    await before(what);
    const now = waiting;
    waiting = [];
    for (const { name, bytes } of now) {
      for (let at = 0; at < bytes.length;) {
        at += await files.get(name)?.write(bytes.subarray(at)) ?? 0;
      }
    }
    if (what !== "handOver") await files.get("state.jsonl")?.syncData();
    done.push(what);
  }
  return {
    done,
    append: (name, bytes) => void waiting.push({ name, bytes }),
    handOver: () => written("handOver"),
    sync: () => written("sync"),
    commit: () => written("commit"),
    text: (name) => Deno.readTextFileSync(join(folder, name)),
    [Symbol.asyncDispose]() {
      for (const file of files.values()) file.close();
      return Promise.resolve();
    },
  };
}

/** Lets everything happen that only waits for its turn. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

const ignore = lacks("read", "write");

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test({
    name: `an asynchronous sink holds of ${name} what a directory holds`,
    ignore,
    async fn() {
      using folder = temporaryFolder();
      const committed = join(folder.path, "directory");
      {
        using sink = runDirectory(committed);
        await recordRun(rehearsal(make()), sink, OPTIONS);
      }
      await using sink = await fileSink(folder.path);
      await recordRun(rehearsal(make()), sink, OPTIONS);
      assertEquals(sink.done.at(-1), "commit");
      for (const { name } of Deno.readDirSync(committed)) {
        assertEquals(
          Deno.readFileSync(join(folder.path, name)),
          Deno.readFileSync(join(committed, name)),
        );
      }
    },
  });
}

for (const path of CRASH_TASKS) {
  Deno.test({
    name: `an asynchronous sink has each intent of ${path} before its effect`,
    ignore,
    async fn() {
      using folder = temporaryFolder();
      const task = crashTask(path);
      /** The effects that had begun when an intent was asked for and not yet there. */
      let early = 0;
      await using sink = await fileSink(folder.path, async () => {
        const before = effects(folder.path).length;
        await settled();
        early += effects(folder.path).length - before;
      });
      await play(
        { task, folder: folder.path, durability: "intent" },
        () => sink,
      );
      assertEquals(early, 0);
      const intents = sink.text("state.jsonl").split("\n")
        .filter((line) => line.includes('"type":"tool_started"'));
      assert(intents.length > 0);
      for (const effect of effects(folder.path)) {
        const [, key = ""] = effect.split(" ");
        assertEquals(intents.filter((line) => line.includes(key)).length, 1);
      }
      for (const name of ["state.jsonl", "trace.json"]) {
        assertEquals(
          Deno.readTextFileSync(join(folder.path, name)),
          await inMemory(path, name),
        );
      }
    },
  });
}

async function inMemory(path: string, name: string): Promise<string> {
  using folder = temporaryFolder();
  const sink = memorySink();
  const task = crashTask(path);
  await play({ task, folder: folder.path, durability: "intent" }, () => sink);
  return sink.artifacts.get(name) ?? "";
}

Deno.test({
  name: "an effect waits until the promise of its intent resolves",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const order: string[] = [];
    const asked = Promise.withResolvers<void>();
    const allowed = Promise.withResolvers<void>();
    await using sink = await fileSink(folder.path, async (what) => {
      if (what !== "sync" || order.length > 0) return;
      order.push("asked");
      asked.resolve();
      await allowed.promise;
      order.push("resolved");
    });
    const run = recordRun(
      rehearsal({
        ...REHEARSALS.transient_twice(),
        work() {
          order.push(`effect, ${sink.text("state.jsonl").split("\n").length}`);
          return Promise.resolve(null);
        },
      }),
      sink,
      OPTIONS,
    );
    await asked.promise;
    await settled();
    assertEquals(order, ["asked"]);
    allowed.resolve();
    await run;
    assertEquals(order, ["asked", "resolved", "effect, 7"]);
  },
});

for (const durability of ["intent", "none"] as const) {
  Deno.test({
    name:
      `a rejected promise stops the run before the effect, durability ${durability}`,
    ignore,
    async fn() {
      using folder = temporaryFolder();
      let isLost = false;
      let hasEffect = false;
      const lost = new WriteError("the database", new Error("it is gone"));
      await using sink = await fileSink(folder.path, async () => {
        await Promise.resolve();
        if (isLost) throw lost;
      });
      async function* events(): AsyncGenerator<RunEvent, void> {
        const run = rehearsal({
          ...REHEARSALS.transient_twice(),
          work() {
            hasEffect = true;
            return Promise.resolve(null);
          },
        });
        for await (const event of run) {
          if (event.type === "tool_started") isLost = true;
          yield event;
        }
      }
      const run = recordRun(events(), sink, { ...OPTIONS, durability });
      const ended = await orStopped(run.then((finished) => ({ finished })));
      assertEquals(ended, { unwritten: lost });
      assertEquals(hasEffect, false);
      assertEquals(sink.done.includes("commit"), false);
    },
  });
}

Deno.test({
  name: "an asynchronous sink has what comes before a run that breaks off",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    async function* broken(): AsyncGenerator<RunEvent, void> {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        if (event.type === "tool_finished") throw new Error("Out of memory");
        yield event;
      }
    }
    await using sink = await fileSink(folder.path);
    await recordRun(broken(), sink, OPTIONS).catch(() => {});
    assertEquals(sink.text("state.jsonl").split("\n").length - 1, 7);
    assertEquals(sink.done.at(-1), "handOver");
  },
});

/** How many turns of the event loop pass before each event is asked for. */
async function turnsOf(sink: ArtifactSink): Promise<readonly number[]> {
  const events: RunEvent[] = [];
  for await (const event of rehearsal(REHEARSALS.one_call())) {
    events.push(event);
  }
  const turns: number[] = [];
  let [passed, isOver] = [0, false];
  async function count(): Promise<void> {
    for (; !isOver; passed++) await null;
  }
  const given = events.values();
  const stream: AsyncIterable<RunEvent> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        turns.push(passed);
        passed = 0;
        const { done, value } = given.next();
        if (done === true) isOver = true;
        return Promise.resolve(
          done === true ? { done, value: undefined } : { done: false, value },
        );
      },
    }),
  };
  const counting = count();
  await recordRun(stream, sink, OPTIONS);
  await counting;
  return turns.slice(1);
}

Deno.test("a sink that returns no promise costs no turn of the event loop", async () => {
  const idle: SynchronousSink = { append() {}, sync() {}, commit() {} };
  const alike = await turnsOf(idle);
  assertEquals(new Set(alike).size, 1, `${alike}`);
  const waited = await turnsOf({ ...idle, sync: () => Promise.resolve() });
  assertEquals(waited.filter((turns) => turns > (alike[0] ?? 0)).length, 1 + 1);
});
