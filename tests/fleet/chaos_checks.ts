/**
 * Workers are killed and paused, the server crashes and the network is cut: every
 * run finishes with the bytes of an undisturbed one. With `--full` more of it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Chaos, chaos } from "./chaos.ts";
import { cluster } from "./cluster.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

const SMALL: Chaos = {
  runs: 16,
  workers: 3,
  concurrency: 3,
  steps: 5,
  stepMs: 100,
  writes: true,
  everyMs: 3000,
  times: 8,
  pauseMs: [9000, 9000],
  kills: true,
  crashes: 1,
  cutMs: 0,
  delayMs: 100,
  seed: 7,
  // Enough for a machine that does much else.
  seconds: 240,
};

const LARGE: Chaos = {
  ...SMALL,
  runs: 300,
  workers: 4,
  concurrency: 4,
  steps: 12,
  stepMs: 20,
  everyMs: 4000,
  times: 100,
  pauseMs: [500, 30_000],
  delayMs: 200,
  crashes: 6,
  cutMs: 15_000,
  seconds: 1800,
};

const isFull = Deno.args.includes("--full");

Deno.test("runs finish as undisturbed ones do, and no effect begins after its receipt", async () => {
  const seen = await chaos(server, isFull ? LARGE : SMALL);
  console.log(JSON.stringify(seen));
  assertEquals(seen.late, 0);
  assertEquals(seen.cuts, isFull ? 1 : 0);
});
