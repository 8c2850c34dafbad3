/**
 * The checker that every page carries, as it is built, decides again as the command
 * `replay --policy` does: on all committed runs, and on 200 that are made up.
 *
 * @module
 */
import { assertEquals, assertObjectMatch } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { createContext, runInContext } from "node:vm";
import type { Reply } from "../evidence/page/checker/messages.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { redecide } from "../evidence/replay/redecide.ts";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import type { ScriptStep } from "../runtime/llm/scripted_llm.ts";
import type { Json } from "../tools/data/json.ts";
import { recorded } from "./forgery.ts";
import { BUILT } from "./page_build.ts";
import { committedRuns, filesOfRun } from "./page_runs.ts";
import { lacks } from "./permissions.ts";
import { SEED } from "./sample.ts";

const ignore = lacks("read");

/** Starts the built checker where there is nothing but the language and what a Worker has. */
function startedChecker() {
  const { checker } = JSON.parse(Deno.readTextFileSync(BUILT));
  let listen: (event: { readonly data: unknown }) => void = () => {};
  let settle: (reply: Reply) => void = () => {};
  const worker = createContext({
    ...{ structuredClone, TextDecoder, TextEncoder, URL },
    crypto: { subtle: crypto.subtle },
    addEventListener: (_: string, given: typeof listen) => listen = given,
    postMessage: (reply: Reply) => settle(reply),
  });
  const packed = Uint8Array.fromBase64(checker);
  runInContext(gunzipSync(packed).toString(), worker);
  return async (name: string, ...args: readonly unknown[]) => {
    const reply = await new Promise<Reply>((resolve) => {
      settle = resolve;
      listen({ data: { id: 1, name, args } });
    });
    if (!reply.ok) throw new Error(reply.message);
    // What comes from there has other prototypes.
    return structuredClone(reply.value);
  };
}

const OTHER_POLICIES = [
  policyText.replace("- fixtures.local", "- vendor.example"),
  policyText.replace("fetch, read", "read"),
  policyText.replace("max_iterations: 10", "max_iterations: 2"),
  `${policyText}\ncall_limits:\n  - tools: ["*"]\n    max_calls: 1\n`,
];

Deno.test({
  name:
    "the checker of the page decides all committed runs again like replay --policy",
  ignore,
  async fn() {
    const ask = startedChecker();
    let flips = 0;
    for (const run of committedRuns()) {
      const files = filesOfRun(run);
      await ask("open", files);
      const { events } = readLedger(
        files.get("state.jsonl") ?? new Uint8Array(),
      );
      for (const text of OTHER_POLICIES) {
        const redecided = redecide(events, loadPolicy(text, "other"));
        const said = await ask("rejudge", text);
        assertEquals(said, {
          ok: true,
          version: loadPolicy(text, "other").version,
          redecided,
        }, run);
        flips += redecided.flips.length;
      }
    }
    assertEquals(flips > 20, true);
  },
});

/** A number from 0 up to `below`, another one at each call. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

const URLS = ["https://fixtures.local/a", "https://evil.test/x", "http://a"];

/** A run of up to six calls, some of which are denied, and a policy that differs from its own. */
function madeUp(seed: number) {
  const roll = dice(seed);
  const script = Array.from({ length: 1 + roll(6) }, (): ScriptStep => {
    const tool = ["echo", "work", "rm"][roll(3)] ?? "echo";
    const args: Record<string, Json> = roll(2) === 0
      ? { text: `t${roll(3)}` }
      : { url: URLS[roll(3)] ?? "" };
    return { calls: [{ tool, args }] };
  });
  const changed = (roll: (below: number) => number): Record<string, Json> => ({
    on_deny: "continue",
    url_allowlist: roll(2) === 0 ? ["fixtures.local"] : ["evil.test"],
    tool_registry: {
      allowed: roll(3) === 0 ? ["echo"] : ["echo", "work"],
      denied: [],
    },
    ...roll(3) === 0 ? { escalate: [{ tools: ["echo"], reason: "ask" }] } : {},
    ...roll(3) === 0
      ? {
        deny: [{
          tools: ["*"],
          when: [{ argument: "text", equals: "t1" }],
          reason: "no",
        }],
      }
      : {},
    ...roll(3) === 0
      ? { call_limits: [{ tools: ["*"], max_calls: 1 + roll(3) }] }
      : {},
  });
  return {
    run: { script: [...script, { answer: "done" }], policy: changed(roll) },
    other: changed(roll),
  };
}

Deno.test({
  name:
    `the checker of the page decides 200 made-up runs again like replay --policy, seed ${SEED}`,
  ignore,
  async fn() {
    const ask = startedChecker();
    let flips = 0;
    for (let number = 0; number < 200; number++) {
      const { run, other } = madeUp(SEED * 1000 + number);
      const artifacts = await recorded(run);
      const state = new TextEncoder().encode(artifacts.get("state.jsonl"));
      const { events, started } = readLedger(state);
      const policy = { ...JSON.parse(started?.policy.text ?? ""), ...other };
      const text = JSON.stringify(policy);
      await ask("open", new Map([["state.jsonl", state]]));
      const redecided = redecide(events, loadPolicy(text, "other"));
      const said = await ask("rejudge", text);
      assertEquals(said, {
        ok: true,
        version: loadPolicy(text, "other").version,
        redecided,
      }, String(number));
      flips += redecided.flips.length;
    }
    console.log(`${flips} decisions flip`);
    assertEquals(flips > 50, true);
  },
});

Deno.test({
  name: "the checker of the page says on which line a policy is wrong",
  ignore,
  async fn() {
    const ask = startedChecker();
    const [run = ""] = committedRuns();
    await ask("open", filesOfRun(run));
    const text = policyText.replace("on_deny: terminate", "on_deny: perhaps");
    const line = text.split("\n").indexOf("on_deny: perhaps") + 1;
    assertObjectMatch({ said: await ask("rejudge", text) }, {
      said: { ok: false, problems: [{ line, path: "on_deny" }] },
    });
  },
});
