import { assertEquals } from "@std/assert";
import { retryAfterMs } from "./retry_after.ts";

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
