/**
 * Workers on two machines, with the server on a third: some are killed and
 * paused, the server crashes, and a cable is pulled. Where no network namespaces
 * can be made, a line says so and nothing is tested.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { chaos } from "./chaos.ts";
import { cluster } from "./cluster.ts";

const isFull = Deno.args.includes("--full");

const server = await cluster({ onTwoMachines: true });
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

Deno.test({
  name: "runs go on at another machine while the link of one is down",
  ignore: server.machines.length === 0,
  async fn() {
    const seen = await chaos(server, {
      ...isFull
        ? { runs: 120, workers: 4, concurrency: 4, steps: 12, crashes: 3 }
        : { runs: 16, workers: 2, concurrency: 4, steps: 6, crashes: 1 },
      stepMs: 100,
      writes: true,
      everyMs: isFull ? 4000 : 3000,
      times: isFull ? 40 : 6,
      pauseMs: [500, 15_000],
      kills: true,
      cutMs: 15_000,
      delayMs: 0,
      seed: 5,
      seconds: isFull ? 1200 : 240,
    });
    console.log(JSON.stringify(seen));
    assertEquals(seen.late, 0);
    assertEquals(seen.cuts, 1);
    assert(seen.takeovers > 0);
  },
});
