import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { rehearsal } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { recordRun } from "../recording/record_run.ts";
import { verifyRun } from "../verify/decisions/verify_run.ts";
import {
  brokenOff,
  NOW,
  OPTIONS,
  storeContract,
} from "../../tests/store_contract.ts";
import { directoryStore } from "./directory_store.ts";

const store = directoryStore({ now: () => new Date(NOW) });
const ignore = lacks("read", "write");

function empty() {
  const folder = temporaryFolder();
  return {
    store,
    name: (word: string) => join(folder.path, word),
    all: folder.path,
    [Symbol.asyncDispose]: () => Promise.resolve(folder[Symbol.dispose]()),
  };
}

storeContract({ name: "directoryStore", empty, ignore });

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
