import { assertEquals } from "@std/assert";
import { type Exported, otlpHttp } from "./otlp_http.ts";

const SETTINGS = {
  url: "http://c/v1/traces",
  headers: { authorization: "Bearer s3cr3t", "content-type": "text/plain" },
  resource: {},
};
const { signal } = new AbortController();

function sending(answer: () => Promise<Response>): Promise<Exported> {
  return otlpHttp(SETTINGS, answer)("{}", signal);
}

Deno.test("otlpHttp() posts JSON with the headers, and follows no redirect", async () => {
  const requests: { url: string; init: RequestInit }[] = [];
  await otlpHttp(SETTINGS, (url, init) => {
    requests.push({ url, init });
    return Promise.resolve(new Response());
  })('{"resourceSpans":[]}', signal);
  assertEquals(requests, [{
    url: "http://c/v1/traces",
    init: {
      method: "POST",
      headers: {
        authorization: "Bearer s3cr3t",
        "content-type": "application/json",
      },
      redirect: "manual",
      body: '{"resourceSpans":[]}',
      signal,
    },
  }]);
});

const refusal = new TypeError("fetch failed", {
  cause: new Deno.errors.NotCapable('Requires net access to "c:80"'),
});

const ANSWERS: readonly {
  readonly what: string;
  readonly answer: () => Response;
  readonly want: Exported;
}[] = [
  {
    what: "an empty success",
    answer: () => new Response(),
    want: { type: "accepted", rejected: 0 },
  },
  {
    what: "a full success",
    answer: () => Response.json({ partialSuccess: {} }),
    want: { type: "accepted", rejected: 0 },
  },
  {
    what: "a partial success",
    answer: () =>
      Response.json({
        partialSuccess: { rejectedSpans: "3", errorMessage: "}" },
      }),
    want: { type: "accepted", rejected: 3 },
  },
  {
    what: "a count that is a number",
    answer: () => Response.json({ partialSuccess: { rejectedSpans: 2 } }),
    want: { type: "accepted", rejected: 2 },
  },
  {
    what: "a count of more than there can be",
    answer: () =>
      Response.json({ partialSuccess: { rejectedSpans: "9".repeat(20) } }),
    want: { type: "accepted", rejected: 1e20 },
  },
  {
    what: "429 with a wait",
    answer: () =>
      new Response("", { status: 429, headers: { "retry-after": "2" } }),
    want: {
      type: "busy",
      reason: "the collector answered 429",
      afterMs: 2000,
    },
  },
  {
    what: "503",
    answer: () => new Response("", { status: 503 }),
    want: {
      type: "busy",
      reason: "the collector answered 503",
      afterMs: undefined,
    },
  },
  {
    what: "500, which OTLP does not try again",
    answer: () => new Response("", { status: 500 }),
    want: { type: "refused", reason: "the collector answered 500" },
  },
  {
    what: "a redirect",
    answer: () =>
      new Response("", { status: 307, headers: { location: "http://d" } }),
    want: { type: "refused", reason: "the collector answered 307" },
  },
  {
    what: "401, without a word of what was sent",
    answer: () => new Response("Bearer s3cr3t is wrong", { status: 401 }),
    want: { type: "refused", reason: "the collector answered 401" },
  },
];

for (const { what, answer, want } of ANSWERS) {
  Deno.test(`otlpHttp() takes ${what} for what it is`, async () => {
    assertEquals(await sending(() => Promise.resolve(answer())), want);
  });
}

for (
  const { error, want } of [
    {
      error: new TypeError("error sending request: Bearer s3cr3t"),
      want: { type: "unreachable", reason: "the connection failed" },
    },
    {
      error: new DOMException("", "TimeoutError"),
      want: { type: "unreachable", reason: "there was no answer in time" },
    },
    {
      error: new DOMException("", "AbortError"),
      want: {
        type: "unreachable",
        reason: "the wait for the answer was abandoned",
      },
    },
    {
      error: refusal,
      want: {
        type: "refused",
        reason: "the process has no permission for this (--allow-net)",
      },
    },
  ] as const
) {
  Deno.test(`otlpHttp() says ${want.reason}`, async () => {
    assertEquals(await sending(() => Promise.reject(error)), want);
  });
}

Deno.test("otlpHttp() does not wait for the end of an endless answer", async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(8192)),
  });
  assertEquals(
    await sending(() => Promise.resolve(new Response(endless))),
    { type: "accepted", rejected: 0 },
  );
});
