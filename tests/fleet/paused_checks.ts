/**
 * A worker that is paused for longer than its lease believes late answers when it
 * wakes: what keeps it from beginning effects then is the guard alone.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { chaos } from "./chaos.ts";
import { cluster } from "./cluster.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

Deno.test("a worker that wakes after others went on with its runs begins no effect of them", async () => {
  const seen = await chaos(server, {
    runs: 24,
    workers: 2,
    concurrency: 12,
    steps: 16,
    // Most of the time goes into the answers.
    stepMs: 10,
    writes: false,
    kills: false,
    crashes: 0,
    cutMs: 0,
    // A pause falls between a statement and its answer.
    delayMs: 250,
    // It lasts until others have taken the runs over and gone on, and the other
    // worker is never paused at the same time.
    pauseMs: [20_000, 20_000],
    everyMs: 25_000,
    times: 4,
    seed: 7,
    seconds: 240,
  });
  console.log(JSON.stringify(seen));
  assert(seen.takeovers > 0);
  assertEquals(seen.late, 0);
});
