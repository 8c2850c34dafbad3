import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { redactor } from "./redaction.ts";

const REDACTED = "[redacted]";

const EVENT = {
  type: "policy_checked",
  seq: 4,
  ts: "1700",
  call_id: "call-1700",
  decision: "deny",
  rule_id: "url_allowlist",
  reason: 'the host "a.example" is not listed; sk-12345678 and sk-87654321',
  metadata: { url: "https://a.example/?key=sk-12345678", attempts: 1700 },
  error: {
    kind: "transient",
    type: "sk-12345678",
    message: "deep",
    more: ["b", { c: "d" }],
  },
};

Deno.test("redactor() changes nothing without patterns and paths", () => {
  assertEquals(redactor()(EVENT), EVENT);
  assertEquals(redactor({ patterns: [], paths: [] })(EVENT), EVENT);
});

Deno.test("redactor() replaces what a pattern matches, wherever it stands", () => {
  const cleaned = redactor({ patterns: ["sk-[0-9]+"] })(EVENT);
  assertEquals(cleaned, {
    ...EVENT,
    reason: `the host "a.example" is not listed; ${REDACTED} and ${REDACTED}`,
    metadata: { ...EVENT.metadata, url: `https://a.example/?key=${REDACTED}` },
    error: { ...EVENT.error, type: REDACTED },
  });
});

Deno.test("redactor() replaces what a pattern matched where a message quotes it", () => {
  const event = {
    reason: 'no such tool: "key=\\"abc\\""',
    metadata: { requested_tool: 'key="abc"' },
  };
  assertEquals(redactor({ patterns: ['key="[^"]+"'] })(event), {
    reason: `no such tool: "${REDACTED}"`,
    metadata: { requested_tool: REDACTED },
  });
});

Deno.test("redactor() replaces each text below a path, and no number", () => {
  const cleaned = redactor({ paths: ["$.metadata", "$..error"] })(EVENT);
  assertEquals(cleaned, {
    ...EVENT,
    metadata: { url: REDACTED, attempts: 1700 },
    error: {
      kind: "transient",
      type: REDACTED,
      message: REDACTED,
      more: [REDACTED, { c: REDACTED }],
    },
  });
});

Deno.test("redactor() leaves out what nobody is shown, however deep it goes", () => {
  const result = JSON.parse("[".repeat(50_000) + "]".repeat(50_000));
  const event = { type: "tool_finished", result, args: { a: "b" } };
  assertEquals(redactor({ patterns: ["x"], paths: ["$..y"] })(event), {
    type: "tool_finished",
    result: null,
    args: null,
  });
});

Deno.test("redactor() leaves what makes an event what it is", () => {
  const structure = {
    type: "policy_checked",
    v: 1,
    seq: 4,
    ts: "1700",
    step: 1,
    started_at: "1699",
    run_id: "r",
    call_id: "c",
    decision: "deny",
    rule_id: "url_allowlist",
    verdict: "approved",
    outcome: "success",
    failure_mode: "retry_exhaustion",
    terminal_reason: "final_answer",
    error: { kind: "transient" },
    llm: { execution_path: "stub" },
    policy: { version: "0", sha256: "1" },
  };
  assertEquals(
    redactor({ patterns: [".+"], paths: ["$.*"] })(structure),
    structure,
  );
});

Deno.test("redactor() does not change the event itself", () => {
  const before = JSON.stringify(EVENT);
  redactor({ patterns: ["."], paths: ["$..*"] })(EVENT);
  assertEquals(JSON.stringify(EVENT), before);
});

Deno.test("redactor() looks for each pattern in what was written, and for none in what replaced it", () => {
  const event = { reason: "abc-12" };
  assertEquals(redactor({ patterns: ["[a-c]+", "[a-z]"] })(event), {
    reason: `${REDACTED}-12`,
  });
  const many = Array.from({ length: 50 }, () => ".");
  assertEquals(redactor({ patterns: many })(event), { reason: REDACTED });
});

Deno.test("redactor() replaces nothing where a pattern matches nothing", () => {
  const event = { reason: "b a" };
  assertEquals(redactor({ patterns: ["a|\\b"] })(event), {
    reason: `b ${REDACTED}`,
  });
});

Deno.test("redactor() replaces once what matches of two patterns share or touch", () => {
  const event = { reason: "one two three four" };
  assertEquals(redactor({ patterns: ["two th", "o three", "ne"] })(event), {
    reason: `o${REDACTED} ${REDACTED} four`,
  });
});

Deno.test("redactor() takes its replacement literally, and a lone surrogate for a character", () => {
  const event = { reason: "a$&\ud83d.b" };
  assertEquals(redactor({ patterns: ["\\$&."] })(event), {
    reason: `a${REDACTED}.b`,
  });
});

Deno.test("redactor() replaces a text as a whole in which patterns match too often", () => {
  const cleaned = redactor({ patterns: ["a", "[bc]"] });
  // Both have three instructions, and a text has 2^12.
  const text = (count: number) => `${"a-".repeat(count - 1)}b.`;
  const most = Math.floor(2 ** 12 / 3);
  assertEquals(
    cleaned({ answer: text(most), raw: text(most + 1), reason: "a." }),
    {
      answer: text(most).replaceAll(/[ab]/g, REDACTED),
      raw: REDACTED,
      reason: `${REDACTED}.`,
    },
  );
});

/** What each search looks through to the end for, and mostly in vain. */
const FAR = "a[^z]*z|a";

Deno.test("redactor() searches a run only so much, and replaces further texts as a whole", () => {
  const redact = redactor({ patterns: [FAR] });
  const text = `${"a".repeat(400)}${"b".repeat(14_500)}`;
  const parts = `${REDACTED}${"b".repeat(14_500)}`;
  const texts = Array.from(
    { length: 30 },
    () => redact({ reason: text }).reason,
  );
  const whole = texts.indexOf(REDACTED);
  // 400 searches, of 14,700 characters on average, of 8 instructions each take
  // 47,040,000 steps; there are 2^26, and 953,600 more with each text.
  assertEquals([texts[0], whole], [parts, 1]);
  assertEquals(texts.filter((each) => each !== REDACTED), [parts]);
  // What takes no more than comes with it is looked at as before.
  assertEquals(redact({ reason: "bab" }).reason, `b${REDACTED}b`);
});

Deno.test("redactor() does the same with the same events, however often", () => {
  const events = Array.from({ length: 40 }, (_, at) => ({
    reason: "a".repeat(400 - at) + "b".repeat(5000 + 7 * at),
  }));
  const first = events.map(redactor({ patterns: [FAR, "c{9}"] }));
  const again = events.map(redactor({ patterns: [FAR, "c{9}"] }));
  assertEquals(first, again);
  assert(first.some(({ reason }) => reason === REDACTED));
  assert(first.some(({ reason }) => reason !== REDACTED));
});

Deno.test("redactor() takes usual patterns through a long run", () => {
  const redact = redactor({
    patterns: [
      ...["sk-[A-Za-z0-9]{8,}", "token=[^&\\s]+", "ghp_[A-Za-z0-9]{36}"],
      ...[
        "AKIA[0-9A-Z]{16}",
        "[\\w.+-]+@[\\w-]+\\.[\\w.]+",
        "\\d{3}-\\d{2}-\\d{4}",
      ],
    ],
  });
  const text = `the host is not listed; token=abc and bob@a.example
 and more words, so that it is a usual text, of {"a":"b"} and sk-12345678`;
  for (let at = 0; at < 3000; at++) {
    assertEquals(redact({ reason: text }).reason.split(REDACTED).length, 4);
  }
});

for (const depth of [1, 2, 3]) {
  Deno.test(`redactor() replaces what is quoted as JSON, ${depth} deep`, () => {
    let reason = 'key="s\né/\\" and more';
    for (let each = 0; each < depth; each++) reason = JSON.stringify(reason);
    const cleaned = redactor({ patterns: ['key="s\né/\\\\"'] })({ reason });
    let want = `${REDACTED} and more`;
    for (let each = 0; each < depth; each++) want = JSON.stringify(want);
    assertEquals(cleaned.reason, want);
  });
}

Deno.test("redactor() replaces what is spelled with escapes", () => {
  const reason = "a \\u0073k-\\u0031\\/2 b";
  assertEquals(
    redactor({ patterns: ["sk-[0-9/]+"] })({ reason }).reason,
    `a ${REDACTED} b`,
  );
});

Deno.test("redactor() replaces what matches beside what is quoted", () => {
  const event = { raw: 'a "b" c', reason: '"\\"b\\"" and c' };
  assertEquals(redactor({ patterns: ['"b"', "c"] })(event), {
    raw: `a ${REDACTED} ${REDACTED}`,
    reason: `"${REDACTED}" and ${REDACTED}`,
  });
});

Deno.test("redactor() replaces a match that lies within another one with it", () => {
  const event = { reason: "abcdef" };
  assertEquals(redactor({ patterns: ["a[a-z]+e", "bc"] })(event), {
    reason: `${REDACTED}f`,
  });
});

for (const pattern of ["(a+)+$", "a[^z]*z|a", '"a|a"']) {
  Deno.test(`redactor() has done soon with /${pattern}/ and a long text`, () => {
    const answer = "a".repeat(50_000);
    const event = { answer: `"${answer}` };
    const cleaned = redactor({ patterns: [pattern] })(event);
    assert(cleaned.answer.length < answer.length + 20);
    assertStringIncludes(cleaned.answer, REDACTED);
  });
}

Deno.test("redactor() leaves out whole what came with a model's calls", () => {
  const event = {
    type: "llm_completed",
    raw: "I know SECRET",
    turn: [{ type: "reasoning", text: "SECRET", options: { a: { b: "x" } } }],
  };
  const redact = redactor({ patterns: ["SECRET"] });
  assertEquals(redact<object>(event), {
    type: "llm_completed",
    raw: "I know [redacted]",
    turn: null,
  });
});
