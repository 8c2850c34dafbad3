import { assertEquals } from "@std/assert";
import { REDACTED, redactor } from "./redaction.ts";

const EVENT = {
  type: "policy_checked",
  seq: 4,
  ts: "1700",
  call_id: "call-1700",
  decision: "deny",
  rule_id: "url_allowlist",
  reason: 'the host "a.example" is not listed; sk-12345678 and sk-87654321',
  metadata: { url: "https://a.example/?key=sk-12345678", attempts: 1700 },
  calls: [{ args: { path: "a", deep: ["b", { c: "d" }] } }],
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
  });
});

Deno.test("redactor() replaces each text below a path, and no number", () => {
  const cleaned = redactor({ paths: ["$.metadata", "$..args"] })(EVENT);
  assertEquals(cleaned, {
    ...EVENT,
    metadata: { url: REDACTED, attempts: 1700 },
    calls: [{ args: { path: REDACTED, deep: [REDACTED, { c: REDACTED }] } }],
  });
});

Deno.test("redactor() leaves what makes an event what it is", () => {
  const { reason: _reason, metadata: _metadata, calls: _calls, ...structure } =
    EVENT;
  assertEquals(redactor({ patterns: [".+"], paths: ["$.*"] })(structure), {
    ...structure,
  });
});

Deno.test("redactor() does not change the event itself", () => {
  const before = JSON.stringify(EVENT);
  redactor({ patterns: ["."], paths: ["$..*"] })(EVENT);
  assertEquals(JSON.stringify(EVENT), before);
});
