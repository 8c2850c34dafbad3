import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { Exported } from "./otlp_http.ts";
import { type SpanExport, spanExport } from "./span_export.ts";

const ACCEPTED: Exported = { type: "accepted", rejected: 0 };
const UNREACHABLE: Exported = {
  type: "unreachable",
  reason: "the connection failed",
};
const BUSY: Exported = {
  type: "busy",
  reason: "the collector answered 503",
  afterMs: 3000,
};
const REFUSED: Exported = { type: "refused", reason: "no" };

/** A wait that the test ends. */
interface Wait {
  readonly ms: number;
  readonly over: () => void;
}

/** An exporter whose collector answers in turn, and in which time passes when it is told to. */
function exporting(
  answers: readonly (Exported | "nothing" | "taken late")[],
  { redact = (event: RunEvent) => event, random = 0.5 } = {},
) {
  const left = [...answers];
  const requests: {
    readonly spans: readonly string[];
    readonly text: string;
  }[] = [];
  const waits: Wait[] = [];
  const spans = spanExport({
    send(body, signal) {
      const text = String(body);
      requests.push({ spans: spanNames(text), text });
      const answer = left.shift() ?? ACCEPTED;
      if (typeof answer === "object") return Promise.resolve(answer);
      return new Promise((resolve) =>
        signal.addEventListener(
          "abort",
          () =>
            resolve(
              answer === "taken late" ? ACCEPTED : {
                type: "unreachable",
                reason: "there was no answer in time",
              },
            ),
        )
      );
    },
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const wait = { ms, over: resolve };
        waits.push(wait);
        signal.addEventListener("abort", () => {
          waits.splice(waits.indexOf(wait), 1);
          reject(signal.reason);
        });
      }),
    random: () => random,
    resource: { "service.name": "mine" },
    redact,
  });
  return {
    ...spans,
    requests,
    /** What is waited for, in milliseconds. */
    waiting: () => waits.map(({ ms }) => ms),
    /** Ends the oldest wait, or the one for `ms`, and lets everything that follows happen. */
    async pass(ms = waits[0]?.ms) {
      const at = waits.findIndex((wait) => wait.ms === ms);
      waits.splice(at, 1)[0]?.over();
      await settled();
    },
  };
}

/** Lets what can happen without the clock happen. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function spanNames(text: string): readonly string[] {
  return [
    ...text.matchAll(
      /"spanId":"\w+","(?:parentSpanId":"\w+",")?name":"(\w+)"/g,
    ),
  ]
    .map(([, name]) => name ?? "");
}

const head = { v: 1, step: 1, ts: "1000" } as const;

const STARTED: RunEvent = {
  ...head,
  step: 0,
  seq: 0,
  type: "run_started",
  run_id: "r",
  seed: 0,
  task: { id: "t", question: "?", sha256: "0".repeat(64), text: "" },
  policy: { version: "0".repeat(12), sha256: "0".repeat(64), text: "" },
  llm: {
    execution_path: "stub",
    provider: "p",
    model: "m",
    script_sha256: null,
  },
  corpus: { sha256: "0".repeat(64), documents: 0 },
  tools: [],
};

/** Starts a run and ends so many spans. */
function end(spans: Pick<SpanExport, "push">, count: number, from = 1): void {
  if (from === 1) spans.push(STARTED);
  for (let seq = from; seq < from + count; seq++) {
    spans.push({
      ...head,
      seq,
      type: "llm_completed",
      started_at: "900",
      answer: "secret",
      calls: [],
      usage: null,
      finish_reason: "stop",
      raw: null,
      error: null,
    });
  }
}

Deno.test("spanExport() gathers for a second, then sends what there is in one request", async () => {
  const spans = exporting([]);
  end(spans, 2);
  end(spans, 1, 3);
  await settled();
  assertEquals([spans.requests.length, spans.waiting()], [0, [1000]]);
  await spans.pass();
  assertEquals(spans.requests.map(({ spans }) => spans.length), [3]);
  assertEquals(spans.requests[0]?.text.includes('"version":"1"'), true);
  assertEquals(spans.requests[0]?.text.includes('"stringValue":"mine"'), true);
  end(spans, 1, 4);
  await settled();
  assertEquals(spans.waiting(), [1000]);
  assertEquals(await spans.end(), { sent: 4, unsent: 0, reason: undefined });
  assertEquals(spans.requests.map(({ spans }) => spans.length), [3, 1]);
});

Deno.test("spanExport() does not gather more than a request holds", async () => {
  const spans = exporting([]);
  end(spans, 600);
  await settled();
  assertEquals(spans.requests.map(({ spans }) => spans.length), [512]);
  assertEquals(await spans.end(), { sent: 600, unsent: 0, reason: undefined });
});

Deno.test("spanExport() tries again, later and later, and then loses the batch", async () => {
  const spans = exporting(Array(5).fill(UNREACHABLE));
  end(spans, 2);
  await spans.pass();
  for (const ms of [500, 1000, 2000, 4000]) {
    assertEquals(spans.waiting(), [ms]);
    await spans.pass();
  }
  assertEquals(spans.requests.length, 5);
  end(spans, 1, 3);
  assertEquals(await spans.end(), {
    sent: 1,
    unsent: 2,
    reason: "the connection failed",
  });
});

for (const { random, ms } of [{ random: 0, ms: 400 }, { random: 1, ms: 600 }]) {
  Deno.test(`spanExport() waits ${ms} ms where ${random} is drawn`, async () => {
    const spans = exporting([UNREACHABLE], { random });
    end(spans, 1);
    await spans.pass();
    assertEquals(spans.waiting(), [ms]);
    await spans.end();
  });
}

Deno.test("spanExport() waits as long as a busy collector asks, in the end too", async () => {
  const spans = exporting([BUSY]);
  end(spans, 1);
  await spans.pass();
  assertEquals(spans.waiting(), [3000]);
  const ended = spans.end();
  await settled();
  assertEquals(spans.waiting(), [3000, 5000]);
  await spans.pass();
  assertEquals(await ended, { sent: 1, unsent: 0, reason: undefined });
});

Deno.test("spanExport() does not try again what is refused", async () => {
  const spans = exporting([REFUSED]);
  end(spans, 1);
  await spans.pass();
  assertEquals(await spans.end(), { sent: 0, unsent: 1, reason: "no" });
  assertEquals(spans.requests.length, 1);
});

Deno.test("spanExport() counts what a collector rejects", async () => {
  const spans = exporting([{ type: "accepted", rejected: 2 }]);
  end(spans, 3);
  assertEquals(await spans.end(), {
    sent: 1,
    unsent: 2,
    reason: "the collector rejected them",
  });
});

Deno.test("spanExport() tells every reason once", async () => {
  const spans = exporting([
    { type: "accepted", rejected: 2 },
    { type: "accepted", rejected: 1 },
    REFUSED,
  ]);
  end(spans, 1030);
  const { sent, unsent, reason } = await spans.end();
  assertEquals([sent, unsent], [1030 - 3 - 6, 9]);
  assertEquals(
    reason,
    "the collector rejected them; no",
  );
});

Deno.test("spanExport() drops and counts what its queue cannot hold", async () => {
  const spans = exporting([BUSY]);
  end(spans, 512);
  await settled();
  end(spans, 2050, 513);
  const ended = spans.end();
  await spans.pass();
  assertEquals(await ended, {
    sent: 512 + 2048,
    unsent: 2,
    reason: "more of them ended than could be sent",
  });
});

Deno.test("spanExport() gives a dead collector one more try in the end, and no more", async () => {
  const spans = exporting([UNREACHABLE, UNREACHABLE]);
  end(spans, 1);
  await spans.pass();
  end(spans, 600, 2);
  assertEquals(spans.waiting(), [500]);
  assertEquals(await spans.end(), {
    sent: 0,
    unsent: 601,
    reason: "the connection failed",
  });
  assertEquals(spans.requests.length, 2);
});

Deno.test("spanExport() waits five seconds for a collector that does not answer", async () => {
  const spans = exporting(["nothing"]);
  end(spans, 1);
  const ended = spans.end();
  await settled();
  assertEquals(spans.waiting(), [5000]);
  await spans.pass();
  assertEquals(await ended, {
    sent: 0,
    unsent: 1,
    reason: "there was no answer in time",
  });
});

for (
  const { when, answers } of [
    { when: "while it is waited for", answers: [BUSY] },
    { when: "when it no longer answers", answers: [BUSY, "nothing"] },
  ] as const
) {
  Deno.test(`spanExport() tells what a collector said last, ${when}`, async () => {
    const spans = exporting(answers);
    end(spans, 1);
    await spans.pass();
    for (const _ of answers.slice(1)) await spans.pass();
    const ended = spans.end();
    await settled();
    await spans.pass(5000);
    assertEquals(await ended, {
      sent: 0,
      unsent: 1,
      reason: "the collector answered 503",
    });
    assertEquals(spans.requests.length, answers.length);
  });
}

for (const answer of [BUSY, "nothing"] as const) {
  const what = answer === BUSY ? "is busy" : "does not answer";
  Deno.test(`spanExport() gives up a collector that ${what} when it is told to`, async () => {
    const spans = exporting([answer]);
    const interrupted = new AbortController();
    end(spans, 1);
    const ended = spans.end(interrupted.signal);
    await settled();
    interrupted.abort();
    const { sent, unsent } = await ended;
    assertEquals([sent, unsent], [0, 1]);
    assertEquals([spans.requests.length, spans.waiting()], [1, []]);
  });
}

Deno.test("spanExport() counts what was taken while it was told to give up", async () => {
  const spans = exporting([BUSY, "taken late"]);
  end(spans, 1);
  await spans.pass();
  await spans.pass();
  const ended = spans.end();
  await settled();
  await spans.pass(5000);
  assertEquals(await ended, { sent: 1, unsent: 0, reason: undefined });
});

Deno.test("spanExport() has nothing to do for a run without a span", async () => {
  const spans = exporting([]);
  spans.push(STARTED);
  assertEquals(await spans.end(), { sent: 0, unsent: 0, reason: undefined });
  assertEquals([spans.requests.length, spans.waiting()], [0, []]);
});

Deno.test("spanExport() lets out what redaction leaves", async () => {
  const spans = exporting(
    [],
    {
      redact: (event) =>
        event.type === "llm_completed"
          ? { ...event, finish_reason: "[redacted]" }
          : event,
    },
  );
  end(spans, 1);
  await spans.end();
  assertEquals(spans.requests[0]?.text.includes("[redacted]"), true);
});
