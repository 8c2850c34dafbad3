import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { rehearsal } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { recordRun } from "../recording/record_run.ts";
import { verifyRun } from "../verify/decisions/verify_run.ts";
import { directoryStore } from "./directory_store.ts";

const NOW = "2026-11-22T09:00:00.000Z";
const store = directoryStore({ now: () => new Date(NOW) });
const OPTIONS = {
  programVersion: "0.0.0",
  volatile: () => ({
    timestamp: NOW,
    wall_clock_seconds: 1.5,
    git_sha: null,
  }),
};
const ignore = lacks("read", "write");

/** Plays a run that breaks off after so many events. */
async function* brokenOff(after: number) {
  for await (const event of rehearsal(REHEARSALS.one_call())) {
    if (event.seq === after) throw new Error("Out of memory");
    yield event;
  }
}

Deno.test({
  name:
    "directoryStore() begins a run, and finds and reads it when it is whole",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const run = store.run(join(folder.path, "one"));
    assertEquals(await run.has("state.jsonl"), false);
    {
      await using sink = await run.begin();
      await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
    }
    await run.checkSandbox();
    assertEquals(await store.runsBelow(folder.path, () => {}), [run.name]);
    const { events } = await run.ledger();
    assertEquals(events.at(-1)?.type, "run_finished");
    assertEquals(verifyRun(await run.source()).findings, []);
    assertEquals(
      await run.text("manifest.json"),
      Deno.readTextFileSync(run.place("manifest.json")),
    );
  },
});

Deno.test({
  name: "directoryStore() resumes a run, and keeps what was torn off",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const run = store.run(folder.path);
    {
      await using sink = await run.begin();
      await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    }
    Deno.writeTextFileSync(run.place("state.jsonl"), '{"v"', { append: true });
    await run.checkFiles();
    {
      await using sink = await run.goOn(await run.ledger());
      await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
    }
    assertEquals(verifyRun(await run.source()).findings, []);
    assertEquals(
      await run.textIfThere("incidents.jsonl"),
      `{"v":1,"timestamp":"${NOW}","type":"torn_line","bytes":4,"base64":"eyJ2Ig=="}\n` +
        `{"v":1,"timestamp":"${NOW}","type":"resumed","events":4}\n`,
    );
  },
});

Deno.test({
  name: "directoryStore() leaves a run to the process that has it",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const run = store.run(folder.path);
    await using sink = await run.begin();
    await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
    const ledger = await run.ledger();
    await assertRejects(
      () => run.goOn(ledger),
      InputError,
      `${folder.path}: another process is writing it`,
    );
    assertEquals(await run.has("incidents.jsonl"), false);
  },
});

Deno.test({
  name: "directoryStore() keeps one answer to a question",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const run = store.run(folder.path);
    const answer = {
      bound_to: "a".repeat(64),
      approver: "ada",
      verdict: "approved",
    };
    const line = { v: 1, timestamp: NOW, ...answer } as const;
    const earlier = (text: string) => text === "" ? undefined : line;
    assertEquals(await run.addAnswer(answer, earlier), undefined);
    assertEquals(
      await run.addAnswer({ ...answer, approver: "bob" }, earlier),
      line,
    );
    assertEquals(
      await run.textIfThere("approvals.jsonl"),
      `${JSON.stringify(line)}\n`,
    );
  },
});

Deno.test({
  name: "directoryStore() says where something is in the way",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const run = store.run(folder.path);
    await assertRejects(
      () => run.ledger(),
      InputError,
      `${run.place("state.jsonl")}: there is no such file`,
    );
    assertEquals(await run.textIfThere("manifest.json"), undefined);
    for (const name of ["incidents.jsonl", "manifest.json"] as const) {
      Deno.symlinkSync("/dev/zero", run.place(name));
    }
    const link = "it is a symbolic link, not a regular file";
    await assertRejects(
      () => run.text("manifest.json"),
      InputError,
      `${run.place("manifest.json")}: ${link}`,
    );
    await assertRejects(
      () => Promise.try(run.addIncident, { type: "sent_again", seq: 1 }),
      InputError,
      `${
        run.place("incidents.jsonl")
      }: cannot write the incident there: ${link}`,
    );
    await assertRejects(() => run.checkFiles(), InputError, link);
    await assertRejects(() => run.checkSandbox(), InputError, "no such file");
    assert(await run.has("manifest.json"));
  },
});
