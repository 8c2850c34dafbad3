import { assert, assertEquals, assertRejects } from "@std/assert";
import { memorySink } from "../evidence/artifacts.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import type { RunStore } from "../evidence/run_store.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { InputError } from "../tools/data/input_error.ts";
import { rehearsal } from "./rehearsal.ts";
import { REHEARSALS } from "./rehearsals.ts";

/** The time of every answer, incident and manifest in the suite. */
export const NOW = "2026-11-22T09:00:00.000Z";

/** How the suite records its runs. */
export const OPTIONS = {
  programVersion: "0.0.0",
  volatile: () => ({
    timestamp: NOW,
    wall_clock_seconds: 1.5,
    git_sha: null,
  }),
};

/** A store without runs, which the suite may use. */
export interface EmptyStore extends AsyncDisposable {
  /** Its clock stands at `NOW`. */
  readonly store: RunStore;
  /** A name that a run may have. */
  name(word: string): string;
  /** What `runsBelow` takes for all runs. */
  readonly all: string;
}

/** Plays a run that breaks off after so many events. */
export async function* brokenOff(after: number) {
  for await (const event of rehearsal(REHEARSALS.one_call())) {
    if (event.seq === after) throw new Error("Out of memory");
    yield event;
  }
}

/** What every store of runs does, wherever it keeps them. */
export function storeContract(
  { name: store, empty, ignore }: {
    readonly name: string;
    readonly empty: () => EmptyStore | Promise<EmptyStore>;
    readonly ignore: boolean;
  },
): void {
  const test = (name: string, fn: (given: EmptyStore) => Promise<void>) =>
    Deno.test({
      name: `${store}() ${name}`,
      ignore,
      async fn() {
        await using given = await empty();
        await fn(given);
      },
    });

  test("begins a run, and finds and reads it when it is whole", async (given) => {
    const run = given.store.run(given.name("one"));
    assertEquals(await run.has("state.jsonl"), false);
    {
      await using sink = await run.begin();
      await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
    }
    await run.checkSandbox();
    assertEquals(await given.store.runsBelow(given.all, () => {}), [run.name]);
    const { events } = await run.ledger();
    assertEquals(events.at(-1)?.type, "run_finished");
    assertEquals(verifyRun(await run.source()).findings, []);
    assertEquals(await run.has("manifest.json"), true);
  });

  for (const [name, make] of Object.entries(REHEARSALS)) {
    test(`holds of ${name} what a memory sink holds`, async (given) => {
      const memory = memorySink();
      await recordRun(rehearsal(make()), memory, OPTIONS);
      const run = given.store.run(given.name("one"));
      {
        await using sink = await run.begin();
        await recordRun(rehearsal(make()), sink, OPTIONS);
      }
      const source = await run.source();
      const decoder = new TextDecoder();
      const found = source.entries()
        .filter(({ kind }) => kind === "file")
        .map(({ name }): [string, string] => [
          name,
          Array.from(source.chunks(name), (chunk) => decoder.decode(chunk))
            .join(""),
        ]);
      assertEquals(new Map(found), new Map(memory.artifacts));
    });
  }

  for (let cut = 1; cut < 11; cut++) {
    test(`resumes a run that broke off after ${cut} events`, async (given) => {
      const run = given.store.run(given.name("one"));
      {
        await using sink = await run.begin();
        await recordRun(brokenOff(cut), sink, OPTIONS).catch(() => {});
      }
      await run.checkFiles();
      assertEquals(await run.has("manifest.json"), false);
      assertEquals((await run.ledger()).events.length, cut);
      {
        await using sink = await run.goOn(await run.ledger());
        await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
      }
      assertEquals(verifyRun(await run.source()).findings, []);
      assertEquals(
        await run.textIfThere("incidents.jsonl"),
        `{"v":1,"timestamp":"${NOW}","type":"resumed","events":${cut}}\n`,
      );
    });
  }

  test("leaves a run to the process that has it", async (given) => {
    const run = given.store.run(given.name("one"));
    await using sink = await run.begin();
    await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    await sink.sync();
    const ledger = await run.ledger();
    await assertRejects(
      () => run.goOn(ledger),
      InputError,
      `${run.name}: another process is writing it`,
    );
    assertEquals(await run.has("incidents.jsonl"), false);
  });

  test("begins no run where there is one", async (given) => {
    const run = given.store.run(given.name("one"));
    {
      await using sink = await run.begin();
      await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    }
    await assertRejects(() => run.begin());
    assertEquals((await run.ledger()).events.length, 4);
  });

  test("does not go on after lines that are not those on record", async (given) => {
    const run = given.store.run(given.name("one"));
    {
      await using sink = await run.begin();
      await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    }
    await using sink = await run.goOn(await run.ledger());
    await assertRejects(
      () => recordRun(rehearsal(REHEARSALS.denied_call()), sink, OPTIONS),
      RangeError,
      "Cannot go on: ",
    );
    assertEquals((await run.ledger()).events.length, 4);
  });

  test("keeps one answer to a question", async (given) => {
    const run = given.store.run(given.name("one"));
    {
      await using sink = await run.begin();
      await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    }
    const answer = {
      bound_to: "a".repeat(64),
      approver: "ada",
      verdict: "approved",
    };
    const line = { v: 1, timestamp: NOW, ...answer } as const;
    const earlier = (text: string) => text === "" ? undefined : line;
    const answers = await Promise.all([
      run.addAnswer(answer, earlier),
      run.addAnswer(answer, earlier),
    ]);
    assertEquals(answers.filter((each) => each === undefined).length, 1);
    assertEquals(
      await run.textIfThere("approvals.jsonl"),
      `${JSON.stringify(line)}\n`,
    );
  });

  test("shows a run while it goes on", async (given) => {
    const run = given.store.run(given.name("one"));
    await using sink = await run.begin();
    const followed = run.follow();
    const seen: number[] = [];
    async function* watched() {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        yield event;
        seen.push(...(await followed.next()).map(({ seq }) => seq));
      }
    }
    const { seq } = await recordRun(watched(), sink, OPTIONS);
    seen.push(...(await followed.next()).map(({ seq }) => seq));
    assertEquals(seen, Array.from({ length: seq + 1 }, (_, index) => index));
  });

  test("says what is not there", async (given) => {
    const run = given.store.run(given.name("none"));
    await assertRejects(
      () => run.ledger(),
      InputError,
      `${run.place("state.jsonl")}: there is no such file`,
    );
    assertEquals(await run.textIfThere("manifest.json"), undefined);
    await assertRejects(
      () => run.text("manifest.json"),
      InputError,
      `${run.place("manifest.json")}: there is no such file`,
    );
    const error = await given.store.runsBelow(given.all, () => {})
      .then(() => undefined, (error) => error);
    assert(error instanceof InputError);
  });
}
