import { assertEquals, assertRejects } from "@std/assert";
import { hash } from "node:crypto";
import type { RunEvent } from "../../runtime/record/event.ts";
import { rehearsal, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { type ArtifactSink, memorySink } from "../artifacts.ts";
import { recordRun } from "./record_run.ts";

const VOLATILE = {
  timestamp: "2026-11-22T09:00:00.000Z",
  wall_clock_seconds: 1.5,
  git_sha: null,
};
const OPTIONS = { programVersion: "0.0.0", volatile: () => VOLATILE };

/** A sink that keeps a journal of what is asked of it. */
function journal(): ArtifactSink & { readonly entries: string[] } {
  const entries: string[] = [];
  return {
    entries,
    append(name, bytes) {
      const text = new TextDecoder().decode(bytes);
      entries.push(
        ...name === "state.jsonl"
          ? text.trimEnd().split("\n").map((line) =>
            `line ${line.match(/"type":"(\w+)"/)?.[1]}`
          )
          : [name],
      );
    },
    sync: () => void entries.push("sync"),
    commit: () => void entries.push("commit"),
  };
}

async function* stream(
  events: readonly RunEvent[],
): AsyncGenerator<RunEvent> {
  yield* events;
}

for (
  const { effects, idempotent, synced } of [
    { effects: {}, idempotent: true, synced: 1 },
    { effects: { reads: ["text"] }, idempotent: true, synced: 1 },
    { effects: {}, idempotent: false, synced: 2 },
    { effects: { writes: ["text"] }, idempotent: true, synced: 2 },
    { effects: { fetches: ["url"] }, idempotent: true, synced: 2 },
  ]
) {
  Deno.test(`recordRun() syncs ${synced} times around a tool with ${JSON.stringify(effects)}, idempotent ${idempotent}`, async () => {
    const sink = journal();
    const declared = {
      effects: { fetches: [], reads: [], writes: [], ...effects },
      idempotent,
    };
    async function* events() {
      for await (const event of rehearsal(REHEARSALS.one_call())) {
        yield event.type === "run_started"
          ? {
            ...event,
            tools: event.tools.map((tool) => ({ ...tool, ...declared })),
          }
          : event;
      }
    }
    await recordRun(events(), sink, OPTIONS);
    assertEquals(sink.entries.filter((each) => each === "sync").length, synced);
    assertEquals(sink.entries.includes("line tool_started"), true);
  });
}

Deno.test("recordRun() tells of an event only when its line is where it must be", async () => {
  const sink = journal();
  const full = new Error("the disk is full");
  const recorded: string[] = [];
  await assertRejects(() =>
    recordRun(rehearsal(REHEARSALS.one_call()), {
      ...sink,
      append(name, bytes) {
        sink.append(name, bytes);
        if (sink.entries.includes("line tool_started")) throw full;
      },
    }, { ...OPTIONS, recorded: ({ type }) => recorded.push(type) })
  );
  assertEquals(recorded, [
    "run_started",
    "step_started",
    "llm_completed",
    "call_proposed",
    "policy_checked",
  ]);
});

Deno.test("recordRun() writes what waits before the loop waits, and syncs before an effect", async () => {
  const sink = journal();
  async function* announced() {
    for await (const event of rehearsal(REHEARSALS.one_call())) {
      sink.entries.push(`made ${event.type}`);
      yield event;
    }
  }
  await recordRun(announced(), sink, OPTIONS);
  assertEquals(sink.entries, [
    "made run_started",
    "made step_started",
    "line run_started",
    "line step_started",
    "made llm_completed",
    "made call_proposed",
    "made policy_checked",
    "made tool_started",
    "line llm_completed",
    "line call_proposed",
    "line policy_checked",
    "line tool_started",
    "sync",
    "made attempt_finished",
    "made tool_finished",
    "line attempt_finished",
    "line tool_finished",
    "made step_finished",
    "made step_started",
    "line step_finished",
    "line step_started",
    "made llm_completed",
    "made step_finished",
    "made run_finished",
    "line llm_completed",
    "line step_finished",
    "line run_finished",
    "sync",
    "trace.json",
    "run_report.md",
    "manifest.json",
    "commit",
  ]);
});

Deno.test("recordRun() with durability none writes before an effect and at the end, and never syncs", async () => {
  const sink = journal();
  await recordRun(rehearsal(REHEARSALS.one_call()), sink, {
    ...OPTIONS,
    durability: "none",
  });
  assertEquals(sink.entries, [
    "line run_started",
    "line step_started",
    "line llm_completed",
    "line call_proposed",
    "line policy_checked",
    "line tool_started",
    "line attempt_finished",
    "line tool_finished",
    "line step_finished",
    "line step_started",
    "line llm_completed",
    "line step_finished",
    "line run_finished",
    "trace.json",
    "run_report.md",
    "manifest.json",
    "commit",
  ]);
});

Deno.test("recordRun() has the intent on disk before the tool runs", async () => {
  const sink = journal();
  await recordRun(
    rehearsal({
      ...REHEARSALS.transient_twice(),
      work() {
        sink.entries.push("effect");
        return Promise.resolve(null);
      },
    }),
    sink,
    OPTIONS,
  );
  const at = sink.entries.indexOf("effect");
  assertEquals(sink.entries.slice(at - 2, at), ["line tool_started", "sync"]);
});

Deno.test("recordRun() returns the last event", async () => {
  const finished = await recordRun(
    rehearsal(REHEARSALS.one_call()),
    memorySink(),
    OPTIONS,
  );
  assertEquals(finished, (await rehearse(REHEARSALS.one_call())).at(-1));
});

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`recordRun() writes true hashes of ${name} into the manifest`, async () => {
    const sink = memorySink();
    await recordRun(rehearsal(make()), sink, OPTIONS);
    assertEquals([...sink.artifacts.keys()], [
      "state.jsonl",
      "trace.json",
      "run_report.md",
      "manifest.json",
    ]);
    const manifest: unknown = JSON.parse(
      sink.artifacts.get("manifest.json") ?? "",
    );
    const ledger = sink.artifacts.get("state.jsonl") ?? "";
    const { artifacts, ledger: chain }: Record<string, unknown> = Object(
      manifest,
    );
    assertEquals(
      artifacts,
      Object.fromEntries(
        ["state.jsonl", "trace.json", "run_report.md"].map((name) => {
          const bytes = new TextEncoder().encode(sink.artifacts.get(name));
          return [name, { sha256: hash("sha256", bytes), bytes: bytes.length }];
        }),
      ),
    );
    assertEquals(chain, {
      lines: ledger.split("\n").length - 1,
      head: ledger.slice(-67, -3),
    });
    for (const text of sink.artifacts.values()) {
      assertEquals([text.endsWith("\n"), text.isWellFormed()], [true, true]);
    }
  });
}

Deno.test("recordRun() asks for the volatile values once, when the run is over", async () => {
  const sink = journal();
  await recordRun(rehearsal(REHEARSALS.one_call()), sink, {
    programVersion: "0.0.0",
    volatile() {
      sink.entries.push("volatile");
      return VOLATILE;
    },
  });
  assertEquals(sink.entries.slice(-4), [
    "run_report.md",
    "volatile",
    "manifest.json",
    "commit",
  ]);
});

Deno.test("recordRun() writes every line and commits nothing when the events throw", async () => {
  const sink = journal();
  async function* broken() {
    yield* (await rehearse(REHEARSALS.one_call())).slice(0, 3);
    throw new RangeError("The clock is broken");
  }
  await assertRejects(
    () => recordRun(broken(), sink, OPTIONS),
    RangeError,
    "The clock is broken",
  );
  assertEquals(sink.entries, [
    "line run_started",
    "line step_started",
    "line llm_completed",
  ]);
});

function fullDisk(): never {
  throw new Error("The disk is full");
}

for (const method of ["append", "sync"] as const) {
  Deno.test(`recordRun() stops the run when the record cannot be kept: ${method}`, async () => {
    const sink = { ...journal(), [method]: fullDisk };
    const work = () => {
      sink.entries.push("effect");
      return Promise.resolve(null);
    };
    const run = rehearsal({ ...REHEARSALS.transient_twice(), work });
    await assertRejects(
      () => recordRun(run, sink, OPTIONS),
      Error,
      "The disk is full",
    );
    assertEquals(sink.entries.includes("effect"), false);
    assertEquals(sink.entries.includes("commit"), false);
    assertEquals((await run.next()).done, true);
  });
}

const UNSOUND: readonly {
  readonly name: string;
  readonly change: (events: readonly RunEvent[]) => readonly RunEvent[];
}[] = [
  { name: "that is empty", change: () => [] },
  { name: "without its start", change: (events) => events.slice(1) },
  { name: "without its end", change: (events) => events.slice(0, -1) },
  {
    name: "that continues after its end",
    change: (events) => [...events, ...events.slice(1, 2)],
  },
  {
    name: "that ends twice",
    change: (events) => [...events, ...events.slice(-1)],
  },
  {
    name: "that starts twice",
    change: (events) => [...events.slice(0, 1), ...events],
  },
  {
    name: "that starts late",
    change: (events) => [...events.slice(1, 2), ...events],
  },
];

for (const { name, change } of UNSOUND) {
  Deno.test(`recordRun() refuses a run ${name}`, async () => {
    const sink = journal();
    const events = change(await rehearse(REHEARSALS.one_call()));
    await assertRejects(
      () => recordRun(stream(events), sink, OPTIONS),
      RangeError,
      "Cannot record a run that does not start and finish",
    );
    assertEquals(sink.entries.includes("commit"), false);
    assertEquals(sink.entries.includes("manifest.json"), false);
  });
}
