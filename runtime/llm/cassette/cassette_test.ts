import {
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { InputError } from "../../../tools/data/input_error.ts";
import { summarizeTool } from "../../../tools/summarize.ts";
import type { AttemptFinished, RunEvent } from "../../record/event.ts";
import type { Llm, LlmInput, LlmOutput, Message } from "../llm.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { RecordedFailure } from "../../attempt/recorded_failure.ts";
import { parseCassette } from "./parse_cassette.ts";
import { cassetteLlm, exchangesOnRecord } from "./cassette_llm.ts";
import { recordingLlm } from "./recording_llm.ts";

const INFO = {
  execution_path: "hosted",
  provider: "some",
  model: "small",
  script_sha256: null,
} as const;

const QUESTION: Message = { role: "user", content: "Why?" };
const CALL: Message = {
  role: "assistant",
  calls: [{ id: "a", tool: "summarize", args_json: '{"text":"One."}' }],
};
const RESULT: Message = {
  role: "tool",
  call_id: "a",
  tool: "summarize",
  content: '{"summary":"One."}',
};
const CALLS: LlmOutput = {
  calls: [{ id: "a", tool: "summarize", args_json: '{"text":"One."}' }],
  finish_reason: "tool_calls",
};
const ANSWER: LlmOutput = { answer: "Because.", finish_reason: "stop" };
const SLOW = new ModelError("slow down", {
  type: "429",
  transient: true,
  retryAfterMs: 1500,
});

const never = new AbortController().signal;

function asking(step: number, messages: readonly Message[]): LlmInput {
  return { step, messages, tools: [summarizeTool()] };
}

/** Gives back one thing after the other; an error is thrown. */
function playing(things: readonly (LlmOutput | Error)[]): Llm {
  const left = [...things];
  return () => {
    const next = left.shift() ?? new Error("asked once too often");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
}

/** Records a failure, calls and an answer. */
async function recording(): Promise<string> {
  let text = "";
  const llm = recordingLlm(playing([SLOW, CALLS, ANSWER]), {
    info: INFO,
    seed: 7,
    write: (line) => text += line,
  });
  await assertRejects(() => llm(asking(1, [QUESTION]), never), RecordedFailure);
  assertEquals(await llm(asking(1, [QUESTION]), never), CALLS);
  const later = asking(2, [QUESTION, CALL, RESULT]);
  assertEquals(await llm(later, never), ANSWER);
  return text;
}

Deno.test("recordingLlm() writes what each request adds, and what came back", async () => {
  const { head, exchanges } = parseCassette(await recording(), "c.jsonl");
  assertEquals(
    [head.llm.model, head.seed, head.tools.map(({ name }) => name)],
    ["small", 7, ["summarize"]],
  );
  assertEquals(exchanges.map(({ step }) => step), [1, 1, 2]);
  assertEquals(exchanges.map(({ messages }) => messages), [
    [QUESTION],
    [],
    [CALL, RESULT],
  ]);
  assertEquals(exchanges.map(({ output }) => output), [null, CALLS, ANSWER]);
  assertEquals(exchanges[0]?.error, {
    kind: "transient",
    type: "429",
    exception_class: "ModelError",
    message: "slow down",
  });
  assertEquals(exchanges[0]?.retry_after_ms, 1500);
});

Deno.test("recordingLlm() writes an answer that was too late as a timeout", async () => {
  const lines: string[] = [];
  const late = new AbortController();
  const llm = recordingLlm(
    () => {
      late.abort(new DOMException("no result within 5 ms", "TimeoutError"));
      return new Promise(() => {});
    },
    { info: INFO, write: (line) => lines.push(line) },
  );
  await assertRejects(() => llm(asking(1, [QUESTION]), late.signal));
  assertEquals(JSON.parse(lines[1] ?? "null").error, {
    kind: "transient",
    type: "timeout",
    exception_class: "TimeoutError",
    message: "no result within 5 ms",
  });
});

Deno.test("recordingLlm() does not write what a cancelled run never got", async () => {
  const lines: string[] = [];
  const cancelled = new AbortController();
  const llm = recordingLlm(
    () => {
      cancelled.abort();
      return new Promise(() => {});
    },
    { info: INFO, write: (line) => lines.push(line) },
  );
  await assertRejects(() => llm(asking(1, [QUESTION]), cancelled.signal));
  assertEquals(lines.length, 1);
});

Deno.test("cassetteLlm() gives back what was recorded, failures included", async () => {
  const cassette = parseCassette(await recording(), "c.jsonl");
  const { llm, unused, hasFailed } = cassetteLlm(cassette);
  const failure = await assertRejects(
    () => llm(asking(1, [QUESTION]), never),
    RecordedFailure,
    "slow down",
  );
  assertEquals([failure.retryAfterMs, hasFailed()], [1500, true]);
  assertEquals(await llm(asking(1, [QUESTION]), never), CALLS);
  assertEquals([unused(), hasFailed()], [1, false]);
  const later = asking(2, [QUESTION, CALL, RESULT]);
  assertEquals(await llm(later, never), ANSWER);
  assertEquals(unused(), 0);
  const more = await assertRejects(() => llm(later, never), ModelError);
  assertEquals([more.type, more.transient], ["cassette_ended", false]);
});

for (
  const { what, input, message } of [
    {
      what: "another question",
      input: asking(1, [{ role: "user", content: "When?" }]),
      message:
        'exchange 2 of the cassette; they differ first at messages[0].content: expected "Why?", found "When?"',
    },
    {
      what: "a message more",
      input: asking(1, [QUESTION, CALL]),
      message: "messages[1]: expected nothing, found {",
    },
    {
      what: "a message less",
      input: asking(1, []),
      message: "messages[0]: expected {",
    },
    {
      what: "another tool",
      input: {
        ...asking(1, [QUESTION]),
        tools: [{
          name: "summarize",
          description: "Shorten",
          effects: {},
          args: summarizeTool().args,
        }],
      },
      message: 'tools[0].description: expected "',
    },
    {
      what: "another step",
      input: asking(2, [QUESTION]),
      message: "exchange 2 of the cassette is of step 1, and this is step 2",
    },
  ]
) {
  Deno.test(`cassetteLlm() refuses ${what}, and says where it differs`, async () => {
    const cassette = parseCassette(await recording(), "c.jsonl");
    const { llm } = cassetteLlm(cassette, 1);
    const error = await assertRejects(
      () => llm(input, never),
      ModelError,
      message,
    );
    assertEquals([error.type, error.transient], ["cassette_mismatch", false]);
  });
}

Deno.test("cassetteLlm() passes over what a run has on record", async () => {
  const cassette = parseCassette(await recording(), "c.jsonl");
  const { llm } = cassetteLlm(cassette, 1);
  assertEquals(await llm(asking(1, [QUESTION]), never), CALLS);
});

function tried(call_id: string | null, outcome: AttemptFinished["outcome"]) {
  const event: RunEvent = {
    v: 1,
    seq: 3,
    ts: "3",
    step: 1,
    type: "attempt_finished",
    started_at: "2",
    call_id,
    attempt: 1,
    outcome,
    backoff_ms: 0,
    error: null,
  };
  return event;
}

Deno.test("exchangesOnRecord() counts tries of the model, but none whose answer is lost", () => {
  const failed = tried(null, "transient_failure");
  const worked = tried(null, "success");
  const finished: RunEvent = {
    v: 1,
    seq: 9,
    ts: "9",
    step: 1,
    type: "step_started",
  };
  assertEquals(exchangesOnRecord([]), 0);
  assertEquals(exchangesOnRecord([failed]), 1);
  assertEquals(exchangesOnRecord([failed, worked]), 1);
  assertEquals(exchangesOnRecord([failed, worked, finished]), 2);
  assertEquals(exchangesOnRecord([worked, finished, tried("a", "success")]), 1);
});

const WRITTEN = await recording();

for (
  const { what, text, message } of [
    { what: "nothing", text: "", message: "c.jsonl:1: the cassette is empty" },
    {
      what: "a line that was cut off",
      text: WRITTEN.slice(0, -10),
      message: "c.jsonl:4: the line does not end",
    },
    {
      what: "a line that is not JSON",
      text: WRITTEN.replace('"exchange"', '"exchange'),
      message: "c.jsonl:2: the line is not JSON",
    },
    {
      what: "a file of another kind",
      text: '{"v":1,"seq":0}\n',
      message: "c.jsonl:1: ",
    },
    {
      what: "an unknown key",
      text: WRITTEN.replace('"step":1', '"step":1,"more":2'),
      message: 'c.jsonl:2: Unrecognized key: "more"',
    },
    {
      what: "an exchange without an outcome",
      text: WRITTEN.replace(
        /"output":\{"calls".*?"error":null/,
        '"output":null,"error":null',
      ),
      message: "c.jsonl:3: expected either an output or an error",
    },
    {
      what: "an error that no model has",
      text: WRITTEN.replace('"kind":"transient"', '"kind":"cancelled"'),
      message: "c.jsonl:2: error: expected an error that a model can have",
    },
    {
      what: "a wait of years",
      text: WRITTEN.replace('"retry_after_ms":1500', '"retry_after_ms":9e11'),
      message: "c.jsonl:2: retry_after_ms: ",
    },
    {
      what: "a request that was changed",
      text: WRITTEN.replace("Why?", "Who?"),
      message:
        "c.jsonl:2: request_sha256: the request that the lines up to here",
    },
  ]
) {
  Deno.test(`parseCassette() refuses ${what}`, () => {
    assertThrows(() => parseCassette(text, "c.jsonl"), InputError, message);
  });
}

Deno.test("parseCassette() takes answers that the loop would refuse, and text of any kind", async () => {
  let text = "";
  const odd: LlmOutput = { calls: [], raw: "\ud800\u2028" };
  const llm = recordingLlm(playing([odd]), {
    info: INFO,
    write: (line) => text += line,
  });
  const input = {
    ...asking(1, [{ role: "user" as const, content: "\udc00" }]),
    tools: [],
  };
  await llm(input, never);
  const { llm: again } = cassetteLlm(parseCassette(text, "c.jsonl"));
  assertEquals(await again(input, never), odd);
});

Deno.test("recordingLlm() writes a malformed answer that is on record", async () => {
  const lines: string[] = [];
  const error = {
    kind: "unhandled",
    type: "malformed_output",
    exception_class: "MalformedOutput",
    message: "neither",
  } as const;
  const lost = new RecordedFailure(error, {
    output: { raw: '{"raw":"hm"}' },
    lost: true,
  });
  const llm = recordingLlm(playing([lost]), {
    info: INFO,
    write: (line) => lines.push(line),
  });
  await assertRejects(() => llm(asking(1, [QUESTION]), never), RecordedFailure);
  assertEquals(JSON.parse(lines[1] ?? "null").output, { raw: "hm" });
});

for (
  const { what, text } of [
    { what: "a byte order mark", text: `\ufeff${WRITTEN}` },
    { what: "line ends of Windows", text: WRITTEN.replaceAll("\n", "\r\n") },
    { what: "no end of the last line", text: WRITTEN.trimEnd() },
    { what: "blank lines at the end", text: `${WRITTEN}\n \n` },
    {
      what: "all of it",
      text: `\ufeff${WRITTEN.replaceAll("\n", "\r\n")}\r\n\r\n`,
    },
  ]
) {
  Deno.test(`parseCassette() reads a cassette with ${what}`, () => {
    const { sha256, ...read } = parseCassette(text, "c.jsonl");
    const { sha256: original, ...want } = parseCassette(WRITTEN, "c.jsonl");
    assertEquals(read, want);
    assertNotEquals(sha256, original);
  });
}

for (
  const { what, text, message } of [
    {
      what: "nothing but a mark",
      text: "\ufeff\n",
      message: ":1: the cassette",
    },
    {
      what: "a blank line in the middle",
      text: WRITTEN.replace("\n", "\n\n"),
      message: "c.jsonl:2: the line is not JSON",
    },
    {
      what: "a line that was cut off after Windows line ends",
      text: WRITTEN.replaceAll("\n", "\r\n").slice(0, -10),
      message: "c.jsonl:4: the line does not end",
    },
  ]
) {
  Deno.test(`parseCassette() refuses ${what} all the same`, () => {
    assertThrows(() => parseCassette(text, "c.jsonl"), InputError, message);
  });
}

/** A tool that the policy does not allow. */
const DENIED = { ...summarizeTool(), name: "shred" };

Deno.test("cassetteLlm() answers from a cassette of old, whose model was offered denied tools too", async () => {
  let text = "";
  const asked = { ...asking(1, [QUESTION]), tools: [DENIED, summarizeTool()] };
  const record = recordingLlm(playing([ANSWER]), {
    info: INFO,
    write: (line) => text += line.replace(',"settings":{}', ""),
  });
  await record(asked, never);
  const old = parseCassette(text, "c.jsonl");
  assertEquals(old.head.settings, undefined);
  assertEquals(
    await cassetteLlm(old).llm(asking(1, [QUESTION]), never),
    ANSWER,
  );
  const changed = { ...summarizeTool(), description: "Other words" };
  for (const tools of [[changed], [{ ...summarizeTool(), name: "new" }]]) {
    await assertRejects(
      () => cassetteLlm(old).llm({ ...asked, tools }, never),
      ModelError,
      "the request is not that of exchange 1",
    );
  }
});

Deno.test("cassetteLlm() answers no request with other settings", async () => {
  let text = "";
  const settings = { system: "Be brief.", temperature: 0.5 };
  const asked = { ...asking(1, [QUESTION]), settings };
  const record = recordingLlm(playing([ANSWER]), {
    info: INFO,
    write: (line) => text += line,
  });
  await record(asked, never);
  const cassette = parseCassette(text, "c.jsonl");
  assertEquals(cassette.head.settings, settings);
  assertEquals(await cassetteLlm(cassette).llm(asked, never), ANSWER);
  for (const other of [{ ...settings, temperature: 1 }, undefined]) {
    await assertRejects(
      () => cassetteLlm(cassette).llm({ ...asked, settings: other }, never),
      ModelError,
      "the request is not that of exchange 1",
    );
  }
  // A cassette whose settings were edited is not what its digests name.
  assertThrows(
    () => parseCassette(text.replace("Be brief.", "Be long."), "c.jsonl"),
    InputError,
    "request_sha256",
  );
});

Deno.test("cassetteLlm() has what came with calls, and asks for it back", async () => {
  let text = "";
  const turn = [{ type: "reasoning", text: "Hm." }];
  const record = recordingLlm(playing([{ ...CALLS, turn }, ANSWER]), {
    info: INFO,
    write: (line) => text += line,
  });
  const later = asking(2, [QUESTION, { ...CALL, turn }, RESULT]);
  await record(asking(1, [QUESTION]), never);
  await record(later, never);
  const { llm } = cassetteLlm(parseCassette(text, "c.jsonl"));
  assertEquals(await llm(asking(1, [QUESTION]), never), { ...CALLS, turn });
  await assertRejects(
    () => llm(asking(2, [QUESTION, CALL, RESULT]), never),
    ModelError,
    "they differ first at messages[1].turn",
  );
  assertEquals(await llm(later, never), ANSWER);
});
