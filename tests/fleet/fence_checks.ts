/**
 * What one run may lose to a second holder, a pause, a lost answer and a server
 * that crashes: nothing that was acknowledged, and no effect without a record.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "../../deps.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import type { OpenSink } from "../../evidence/run_store.ts";
import type { Job, JobQueue } from "../../cli/fleet/job_queue.ts";
import { installQueue, pgBossQueue } from "../../cli/fleet/pg_boss_queue.ts";
import {
  type Claim,
  claimOnTerms,
  claimRun,
  failRun,
  releaseRun,
} from "../../evidence/store/postgres/claim.ts";
import {
  type Database,
  DatabaseError,
} from "../../evidence/store/postgres/database.ts";
import { WriteError } from "../../evidence/store/write_error.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { rehearsal } from "../rehearsal.ts";
import { REHEARSALS } from "../rehearsals.ts";
import { brokenOff, OPTIONS } from "../store_contract.ts";
import { cluster } from "./cluster.ts";
import { CLOCKS, fleetDatabase } from "./fleet_database.ts";
import { wire } from "./wire.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const LINE = new TextEncoder().encode('{"type":"run_finished"}\n');
const TAKEN = "another process has taken the run over";

/** Clocks that a test sets forward. */
function setClocks() {
  const ahead = { wall: 0, monotonic: 0 };
  return {
    ahead,
    clocks: {
      wall: () => Date.now() + ahead.wall,
      monotonic: () => performance.now() + ahead.monotonic,
    },
  };
}

/** A run of one call; something happens after each event of it. */
async function* afterEach(act: (event: RunEvent) => unknown) {
  for await (const event of rehearsal(REHEARSALS.one_call())) {
    yield event;
    await act(event);
  }
}

async function appended(sink: OpenSink): Promise<void> {
  sink.append("state.jsonl", LINE);
  await sink.sync();
}

Deno.test("a holder whose run was taken over changes no row any more", async () => {
  await using given = await fleetDatabase(server);
  // Its own clock stands still, so that its guard never shuts.
  const clocks = { wall: () => 0, monotonic: () => 0 };
  const stack = new AsyncDisposableStack();
  const zombie = stack.use(
    await given.store({ owner: "zombie", leaseMs: 30_000, clocks })
      .run("one").begin(),
  );
  await recordRun(brokenOff(4), zombie, OPTIONS).catch(() => {});
  // A pause of the whole process stops its renewals, too.
  await given.database.query(
    "update fleet.run set lease_until = clock_timestamp() - interval '1 second'",
  );
  const run = given.store({ owner: "successor" }).run("one");
  await using sink = await run.goOn(await run.ledger());
  const before = await given.rows();
  await assertRejects(() => appended(zombie), WriteError, TAKEN);
  await assertRejects(async () => await zombie.commit(), WriteError, TAKEN);
  await stack.disposeAsync();
  assertEquals(await given.rows(), before);
  await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
  assertEquals(verifyRun(await run.source()).findings, []);
});

async function claimed(database: Database): Promise<Claim> {
  const claim = await claimRun(database, "one", CLAIMANT);
  if (typeof claim === "string") throw new Error(claim);
  return claim;
}

async function taken(queue: JobQueue): Promise<Job> {
  const job = await queue.take();
  if (job === undefined) throw new Error("There is no job");
  return job;
}

const CLAIMANT = { owner: "test", leaseMs: 30_000, clocks: CLOCKS };

Deno.test("a holder whose run was taken over gives nothing back and reports no failure", async () => {
  await using given = await fleetDatabase(server);
  const { database } = given;
  await database.query("insert into fleet.run (run_id) values ('one')");
  const zombie = await claimed(database);
  await database.query(
    "update fleet.run set lease_until = clock_timestamp() - interval '1 second'",
  );
  const successor = await claimed(database);
  const before = await given.rows();
  await releaseRun(database, zombie);
  const why = { reason: "it failed", maxDeaths: 1, afterMs: 0 };
  assertEquals(await failRun(database, zombie, why), false);
  assertEquals(await given.rows(), before);
  // The successor may.
  assertEquals(await failRun(database, successor, why), true);
});

Deno.test("a job that was given to another worker is not completed by the first one, and claims nothing", async () => {
  await using given = await fleetDatabase(server);
  const { database } = given;
  await installQueue(database);
  await using queue = await pgBossQueue(database);
  await database.query("insert into fleet.run (run_id) values ('one')");
  await queue.send(database, "one", { priority: 0, isBegun: false });
  const zombie = await taken(queue);
  // It gave no sign of life, so that the job is given out again.
  await database.query(
    "update fleet_jobs.job set heartbeat_on = heartbeat_on - interval '1 minute'",
  );
  await queue.supervise();
  await database.query("update fleet_jobs.job set start_after = now()");
  const successor = await taken(queue);
  assertEquals(successor.id, zombie.id);
  const jobs = () => database.query("select * from fleet_jobs.job");
  const before = [await jobs(), await given.rows()];
  assertEquals(await queue.touch(database, zombie), false);
  await queue.complete(database, zombie);
  assertEquals(
    await claimOnTerms(database, "one", {
      claimant: CLAIMANT,
      terms: {
        ...{ policies: [], models: [], tools: [], maxDeaths: 3 },
        unaccepted: () => undefined,
      },
      isOurs: (session) => queue.touch(session, zombie),
    }),
    "given_away",
  );
  assertEquals([await jobs(), await given.rows()], before);
  await queue.complete(database, successor);
  const [job] = await jobs();
  assertEquals(job?.state, "completed");
});

Deno.test("the job of a holder that died goes before those of runs that were not begun", async () => {
  await using given = await fleetDatabase(server);
  const { database } = given;
  await installQueue(database);
  await using queue = await pgBossQueue(database);
  const send = (run: string, priority: number, isBegun = false) =>
    queue.send(database, run, { priority, isBegun });
  await send("died", -3);
  const job = await taken(queue);
  for (const run of ["a", "b"]) await send(run, -3);
  assertEquals(await queue.hold(database, job), true);
  await database.query(
    "update fleet_jobs.job set heartbeat_on = heartbeat_on - interval '1 minute' where state = 'active'",
  );
  await queue.supervise();
  await database.query(
    "update fleet_jobs.job set start_after = now(), created_on = now() where singleton_key = 'died'",
  );
  await send("given-back", -3, true);
  await send("urgent", -2);
  const order: string[] = [];
  for (let count = 0; count < 5; count++) {
    order.push((await taken(queue)).runId);
  }
  assertEquals(order, ["urgent", "died", "given-back", "a", "b"]);
});

for (const clock of ["wall", "monotonic"] as const) {
  Deno.test(`a holder that was paused by its ${clock} clock begins no effect, and stays shut`, async () => {
    await using given = await fleetDatabase(server);
    const { ahead, clocks } = setClocks();
    await using sink = await given.store({ leaseMs: 5000, clocks })
      .run("one").begin();
    await appended(sink);
    ahead[clock] = 4000;
    const before = await given.rows();
    await assertRejects(
      async () => await sink.sync(),
      WriteError,
      "the lease may have ended",
    );
    await assertRejects(() => appended(sink), WriteError, "may have ended");
    ahead[clock] = 0;
    await assertRejects(() => appended(sink), WriteError, "may have ended");
    assertEquals(await given.rows(), before);
  });
}

Deno.test("a lost answer is repaired: each line is there once", async () => {
  await using given = await fleetDatabase(server);
  await using between = wire(server.port);
  const run = given.store({ port: between.port }).run("one");
  {
    await using sink = await run.begin();
    const losing = afterEach(() => between.loseAnswer());
    await recordRun(losing, sink, OPTIONS);
  }
  assert(between.lost >= 3, `${between.lost} answers were lost`);
  assertEquals(verifyRun(await given.store().run("one").source()).findings, []);
});

Deno.test("a cut that is mended within the lease delays a run, and a longer one ends it", async () => {
  await using given = await fleetDatabase(server);
  await using between = wire(server.port);
  const run = given.store({ port: between.port, leaseMs: 12_000 }).run("one");
  await using sink = await run.begin();
  await appended(sink);
  between.cut();
  const mended = setTimeout(() => between.mend(), 1500);
  await appended(sink);
  clearTimeout(mended);
  const short = given.store({ port: between.port, leaseMs: 3000 }).run("two");
  await using other = await short.begin();
  await appended(other);
  between.cut();
  const cutAt = performance.now();
  await assertRejects(() => appended(other), WriteError);
  assert(performance.now() - cutAt < 12_000);
  between.mend();
  await assertRejects(() => appended(other), WriteError);
});

for (const isPipelined of [false, true]) {
  const how = isPipelined ? "while receipts travel" : "one by one";
  Deno.test(`an intent is on record before its effect, with lines ${how}`, async () => {
    await using given = await fleetDatabase(server);
    await using between = wire(server.port, 50);
    const store = given.store({ port: between.port, isPipelined });
    await using sink = await store.run("one").begin();
    let intents = 0;
    async function* looking() {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        yield event;
        // Whoever asks for the next event begins the effect.
        if (event.type !== "tool_started") continue;
        intents += 1;
        const [row] = await given.database.query(
          "select count(*)::integer as lines from fleet.ledger_line",
        );
        assertEquals(row, { lines: event.seq + 1 });
      }
    }
    await recordRun(looking(), sink, OPTIONS);
    assertEquals(intents, 1);
    assertEquals(
      verifyRun(await store.run("one").source()).findings,
      [],
    );
  });
}

Deno.test("receipts share a commit with the next intent, and leave at once when the run waits", async () => {
  await using given = await fleetDatabase(server);
  const commits = async () => {
    const [row] = await given.database.query(
      "select count(distinct at)::integer as commits, count(*)::integer as lines from fleet.ledger_line",
    );
    return row;
  };
  const store = given.store({ isPipelined: true });
  {
    await using sink = await store.run("quick").begin();
    await recordRun(rehearsal(REHEARSALS.one_call()), sink, OPTIONS);
  }
  // The first effect, and the end with the receipt.
  assertEquals((await commits())?.commits, 2);
  await given.database.query("delete from fleet.ledger_line");
  await using sink = await store.run("slow").begin();
  const slow = afterEach(async ({ type, seq }) => {
    if (type !== "tool_finished") return;
    // As a model that thinks.
    for (let tries = 0; (await commits())?.lines !== seq + 1; tries++) {
      assert(tries < 500, "the receipt does not leave");
      await new Promise((done) => setTimeout(done, 10));
    }
  });
  await recordRun(slow, sink, OPTIONS);
});

Deno.test("a transaction that was paused for too long fails like one whose server was away", async () => {
  await using given = await fleetDatabase(server);
  const error = await assertRejects(
    () =>
      given.database.transaction(async (session) => {
        await session.query("select");
        // The session setting ends it after 4 s.
        await new Promise((done) => setTimeout(done, 5000));
        await session.query("select");
      }),
    DatabaseError,
  );
  assertEquals(error.isTransient, true, error.message);
  await given.database.query("select");
});

Deno.test("a server that crashes loses no line that was acknowledged", async () => {
  await using given = await fleetDatabase(server);
  const run = given.store().run("one");
  {
    await using sink = await run.begin();
    const crashing = afterEach(async ({ type }) => {
      if (type === "tool_started") await server.crash();
    });
    await recordRun(crashing, sink, OPTIONS);
  }
  assertEquals(verifyRun(await run.source()).findings, []);
});

Deno.test("a run is given back when its holder ends, and claimed at once", async () => {
  await using given = await fleetDatabase(server);
  {
    await using sink = await given.store().run("one").begin();
    await recordRun(brokenOff(4), sink, OPTIONS).catch(() => {});
  }
  const run = given.store().run("one");
  await using _sink = await run.goOn(await run.ledger());
  const [row] = await given.database.query(
    "select state, epoch, deaths from fleet.run",
  );
  assertEquals(row, { state: "running", epoch: 2, deaths: 0 });
});

Deno.test("the files that tools wrote are on record with the receipt, and are laid out again", async () => {
  await using given = await fleetDatabase(server);
  const first = given.store().run("one");
  {
    await using sink = await first.begin();
    const writing = afterEach(({ type, seq }) => {
      if (seq === 7) throw new Error("Out of memory");
      if (type === "tool_started") {
        Deno.mkdirSync(join(first.sandbox, "notes"));
        Deno.writeTextFileSync(join(first.sandbox, "notes/a.txt"), "kept\0");
      }
      if (type === "tool_finished") {
        Deno.writeTextFileSync(join(first.sandbox, "later.txt"), "lost");
      }
    });
    await recordRun(writing, sink, OPTIONS).catch(() => {});
  }
  const second = given.store().run("one");
  await using _sink = await second.goOn(await second.ledger());
  assertEquals(
    Deno.readTextFileSync(join(second.sandbox, "notes/a.txt")),
    "kept\0",
  );
  assertEquals(
    [...Deno.readDirSync(second.sandbox)].map(({ name }) => name),
    ["notes"],
  );
});

const ANSWER = {
  bound_to: "a".repeat(64),
  approver: "ada",
  verdict: "approved",
} as const;

/** A claimed run that is about to wait for `ANSWER`. */
async function aboutToWait(given: Awaited<ReturnType<typeof fleetDatabase>>) {
  const run = given.store().run("one");
  await given.database.query("insert into fleet.run (run_id) values ('one')");
  const claim = await claimed(given.database);
  return await run.open(claim, { sound: new Uint8Array(), events: [] });
}

Deno.test("an answer that arrives while the run begins to wait ends the wait", async () => {
  await using given = await fleetDatabase(server);
  await using sink = await aboutToWait(given);
  let answering: Promise<unknown> | undefined;
  const waits = await sink.waitFor(ANSWER.bound_to, {
    isAnswered: (text) => text !== "",
    async settle() {
      answering = given.store().run("one").addAnswer(ANSWER, () => undefined);
      // It has begun, and nothing of it can be seen yet.
      await new Promise((done) => setTimeout(done, 300));
    },
  });
  assertEquals(waits, true);
  await answering;
  assertEquals(
    await given.database.query("select state, waits_for from fleet.run"),
    [{ state: "queued", waits_for: null }],
  );
});

Deno.test("a run does not wait for an answer that is there", async () => {
  await using given = await fleetDatabase(server);
  await using sink = await aboutToWait(given);
  await given.store().run("one").addAnswer(ANSWER, () => undefined);
  const waits = await sink.waitFor(ANSWER.bound_to, {
    isAnswered: (text) => text !== "",
    settle: () => Promise.reject(new Error("It waits")),
  });
  assertEquals(waits, false);
});

Deno.test("a run whose holder was replaced does not wait, and its job is not completed", async () => {
  await using given = await fleetDatabase(server);
  await using sink = await aboutToWait(given);
  await given.database.query("update fleet.run set epoch = epoch + 1");
  const before = await given.rows();
  await assertRejects(
    () =>
      sink.waitFor(ANSWER.bound_to, {
        isAnswered: () => false,
        settle: () => Promise.reject(new Error("It waits")),
      }),
    WriteError,
    TAKEN,
  );
  assertEquals(await given.rows(), before);
});

Deno.test("an answer to another question does not end the wait", async () => {
  await using given = await fleetDatabase(server);
  await using sink = await aboutToWait(given);
  const other = { ...ANSWER, bound_to: "b".repeat(64) };
  await sink.waitFor(ANSWER.bound_to, {
    isAnswered: () => false,
    settle: () => Promise.resolve(),
  });
  await given.store().run("one").addAnswer(other, () => undefined);
  assertEquals(
    await given.database.query("select state from fleet.run"),
    [{ state: "waiting" }],
  );
});

Deno.test("the id of a run is the name of a folder, and no way out of one", async () => {
  await using given = await fleetDatabase(server);
  for (const name of ["", ".", "..", "../one", "a/b", "-a", "a\n", "ä"]) {
    const error = await Promise.try(() => given.store().run(name))
      .then(() => undefined, (error) => error);
    assert(error instanceof InputError, JSON.stringify(name));
  }
});
