import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import type { EventType, RunEvent } from "./event.ts";
import { GENESIS_HASH, hashChain, mustReach } from "./ledger.ts";
import { eventsOf, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";

const EVENTS: readonly RunEvent[] = [
  { v: 1, seq: 0, ts: "5", step: 1, type: "step_started" },
  {
    v: 1,
    seq: 1,
    ts: "6",
    step: 1,
    type: "step_finished",
    failure_mode: null,
  },
];

const LINES = [
  '{"v":1,"seq":0,"ts":"5","step":1,"type":"step_started","prev":"0000000000000000000000000000000000000000000000000000000000000000","hash":"d435bbdea1914aef6118d0b9c8fb9633530ec82d255ec004b2867b8294def4a0"}\n',
  '{"v":1,"seq":1,"ts":"6","step":1,"type":"step_finished","failure_mode":null,"prev":"d435bbdea1914aef6118d0b9c8fb9633530ec82d255ec004b2867b8294def4a0","hash":"fc377215d2745e28ce72beb245970146b767cfa52158df528a84739ceff6c6c0"}\n',
] as const;

Deno.test("hashChain() writes exactly these lines", () => {
  const chain = hashChain();
  assertEquals(EVENTS.map((event) => chain.seal(event)), LINES);
});

Deno.test("hashChain() hashes every byte before the suffix", () => {
  for (const line of LINES) {
    const [, body, sealed] = /^(.*),"hash":"([0-9a-f]{64})"}\n$/.exec(line) ??
      [];
    assertEquals(sealed, hash("sha256", body ?? ""));
  }
});

Deno.test("hashChain() has the hash of the last line as its head", () => {
  const chain = hashChain();
  const heads = [chain.head];
  for (const event of EVENTS) {
    chain.seal(event);
    heads.push(chain.head);
  }
  assertEquals(GENESIS_HASH, "0".repeat(64));
  assertEquals(heads, [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "d435bbdea1914aef6118d0b9c8fb9633530ec82d255ec004b2867b8294def4a0",
    "fc377215d2745e28ce72beb245970146b767cfa52158df528a84739ceff6c6c0",
  ]);
});

Deno.test("hashChain() keeps an event on one line that holds line breaks and half an emoji", () => {
  const line = hashChain().seal({
    v: 1,
    seq: 0,
    ts: "5",
    step: 1,
    type: "tool_finished",
    call_id: "\n",
    tool: '"}\u2028',
    result: "\ud83d",
    redirect: null,
    error: null,
  });
  assertEquals(line.split("\n").length, 2);
  const bytes = new TextEncoder().encode(line);
  assertEquals(new TextDecoder().decode(bytes), line);
});

const REACH: Record<
  Exclude<EventType, "tools_changed">,
  "disk" | "system" | undefined
> = {
  run_started: undefined,
  step_started: "system",
  llm_completed: undefined,
  call_proposed: undefined,
  policy_checked: undefined,
  approval_resolved: undefined,
  tool_started: "disk",
  attempt_finished: undefined,
  tool_finished: "system",
  step_finished: undefined,
  run_finished: "disk",
};

Deno.test("mustReach() asks for the disk before an effect and at the end", async () => {
  const events = await rehearse(REHEARSALS.approved());
  assertEquals(
    Object.fromEntries(events.map((event) => [event.type, mustReach(event)])),
    REACH,
  );
});

Deno.test("mustReach() asks for the system where a client is told, or may take its time", async () => {
  const events = await rehearse({
    script: [{ calls: [{ tool: "rm", args: {} }] }],
  });
  assertEquals(
    eventsOf("policy_checked", events).map(mustReach),
    ["system"],
  );
  const [started] = eventsOf("run_started", events);
  if (started === undefined) throw new Error("It did not begin");
  const { llm } = started;
  assertEquals(
    mustReach({ ...started, llm: { ...llm, execution_path: "client" } }),
    "system",
  );
});

Deno.test("mustReach() asks for the system before a person or a backoff is waited for", async () => {
  const [escalated] = (await rehearse(REHEARSALS.approved()))
    .filter((event) => event.type === "policy_checked").map(mustReach);
  assertEquals(escalated, "system");
  const attempts = (await rehearse(REHEARSALS.transient_twice()))
    .filter((event) => event.type === "attempt_finished").map(mustReach);
  assertEquals(attempts, ["system", "system", undefined]);
});
