import { assertEquals, assertStrictEquals } from "@std/assert";
import { dated } from "./dated.ts";
import { retryAfterMs } from "../retry_after.ts";

const NOW = Date.UTC(2026, 10, 24, 18, 41, 33, 700);
const LATER = "Tue, 24 Nov 2026 18:41:40 GMT";

Deno.test("dated() lets a date without the server's own count from ours", async () => {
  const response = dated(
    new Response("busy", { status: 429, headers: { "retry-after": LATER } }),
    NOW,
  );
  assertEquals(response.status, 429);
  assertEquals(await response.text(), "busy");
  assertEquals(response.headers.get("date"), "Tue, 24 Nov 2026 18:41:33 GMT");
  assertEquals(retryAfterMs(Object.fromEntries(response.headers)), 7000);
});

for (
  const headers of [
    [],
    [["retry-after", LATER], ["date", LATER]],
    [["date", LATER]],
  ] as const
) {
  Deno.test(`dated() leaves a response with ${JSON.stringify(headers)} alone`, () => {
    const response = new Response(null, {
      status: 503,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
    assertStrictEquals(dated(response, NOW), response);
  });
}
