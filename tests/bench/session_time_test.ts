/**
 * What a call of a governed session costs beside a step of our own loop: a gate on
 * their ratio, which does not depend on the machine.
 *
 * @module
 */
import { assert } from "@std/assert";
import { memorySink } from "../../evidence/artifacts.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { agentLoop } from "../../runtime/loop.ts";
import { governedSession } from "../../runtime/session/governed_session.ts";
import { idleEnv, longRun, longSession } from "./long_run.ts";

const COUNT = 300;
const ROUNDS = 9;
const MOST = 1.3;

const recorded = (events: AsyncIterable<RunEvent>) =>
  recordRun(events, memorySink(), {
    durability: "none",
    programVersion: "0.0.0",
    volatile: () => ({ timestamp: "", wall_clock_seconds: 0, git_sha: null }),
  });

async function loop(): Promise<void> {
  await recorded(agentLoop(longRun(COUNT), idleEnv()));
}

async function session(): Promise<void> {
  const session = governedSession(longSession(), idleEnv(), recorded);
  for (let n = 0; n < COUNT; n++) await session.call("count", { n });
  await session.close();
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

Deno.test(`a call of a governed session costs at most ${MOST} times what a step of our loop costs`, async () => {
  let [step, call] = [Infinity, Infinity];
  // The least of each counts, since whatever else a machine does only ever adds.
  for (let round = 0; round < ROUNDS; round++) {
    step = Math.min(step, await timeOf(loop));
    call = Math.min(call, await timeOf(session));
  }
  console.log(`a call / a step: ${(call / step).toFixed(2)}`);
  assert(call <= MOST * step, `${(call / step).toFixed(2)} times`);
});
