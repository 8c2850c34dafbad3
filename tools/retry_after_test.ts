import { assertEquals } from "@std/assert";
import { boundedWait, retryAfterMs, retryInfoMs } from "./retry_after.ts";

const NOW = "Tue, 24 Nov 2026 18:41:33 GMT";

const WAITS: readonly {
  readonly headers: Readonly<Record<string, string>>;
  readonly want: number | undefined;
}[] = [
  { headers: {}, want: undefined },
  { headers: { "retry-after": "2" }, want: 2000 },
  { headers: { "retry-after": "0" }, want: 0 },
  { headers: { "retry-after": "1.5" }, want: 1500 },
  { headers: { "retry-after": "3600" }, want: 60_000 },
  { headers: { "retry-after": "9".repeat(400) }, want: 60_000 },
  { headers: { "retry-after": "-5" }, want: undefined },
  { headers: { "retry-after": "soon" }, want: undefined },
  { headers: { "retry-after": "" }, want: undefined },
  { headers: { "retry-after-ms": "250", "retry-after": "2" }, want: 250 },
  { headers: { "retry-after-ms": "0.4" }, want: 0 },
  { headers: { "retry-after-ms": "?", "retry-after": "2" }, want: 2000 },
  {
    headers: { "retry-after": "Tue, 24 Nov 2026 18:41:40 GMT", date: NOW },
    want: 7000,
  },
  {
    headers: { "retry-after": "Tue, 24 Nov 2026 19:41:40 GMT", date: NOW },
    want: 60_000,
  },
  {
    headers: { "retry-after": "Tue, 24 Nov 2026 18:41:00 GMT", date: NOW },
    want: 0,
  },
  {
    headers: { "retry-after": "Tue, 24 Nov 2026 18:41:40 GMT" },
    want: undefined,
  },
  { headers: { "retry-after": "2030", date: "2026" }, want: 60_000 },
  { headers: { "retry-after": "Tue, never", date: NOW }, want: undefined },
];

for (const { headers, want } of WAITS) {
  Deno.test(`retryAfterMs() makes ${want} of ${JSON.stringify(headers)}`, () => {
    assertEquals(retryAfterMs(headers), want);
  });
}

const TYPE = "type.googleapis.com/google.rpc.RetryInfo";

function refusal(...details: readonly unknown[]) {
  return { error: { code: 429, status: "RESOURCE_EXHAUSTED", details } };
}

for (
  const { body, want } of [
    { body: refusal({ "@type": TYPE, retryDelay: "2s" }), want: 2000 },
    { body: refusal({ "@type": TYPE, retryDelay: "2.5s" }), want: 2500 },
    { body: [refusal({ "@type": TYPE, retryDelay: "0.4s" })], want: 400 },
    {
      body: refusal(
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure" },
        null,
        { "@type": TYPE, retryDelay: "34.074824224s" },
      ),
      want: 34_075,
    },
    { body: refusal({ "@type": TYPE, retryDelay: "86400s" }), want: 60_000 },
    { body: refusal({ "@type": TYPE, retryDelay: "-2s" }), want: undefined },
    { body: refusal({ "@type": TYPE, retryDelay: "2" }), want: undefined },
    { body: refusal({ "@type": TYPE, retryDelay: 2 }), want: undefined },
    { body: refusal({ "@type": "x", retryDelay: "2s" }), want: undefined },
    { body: refusal(), want: undefined },
    { body: [], want: undefined },
    { body: { error: "Please try again in 2s" }, want: undefined },
  ]
) {
  const text = JSON.stringify(body);
  Deno.test(`retryInfoMs() makes ${want} of ${text}`, () => {
    assertEquals(retryInfoMs(text), want);
  });
}

for (const text of [undefined, "", "{", "try again in 2s"]) {
  Deno.test(`retryInfoMs() makes nothing of ${text}`, () => {
    assertEquals(retryInfoMs(text), undefined);
  });
}

Deno.test("boundedWait() keeps a wait whole and within a minute", () => {
  assertEquals(
    [undefined, NaN, -1, 0.6, 1e9, Infinity, -Infinity].map(boundedWait),
    [undefined, undefined, 0, 1, 60_000, 60_000, 0],
  );
});
