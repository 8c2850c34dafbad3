import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { type FetchLike, type FetchOptions, fetchTool } from "./fetch.ts";
import { Redirect } from "./redirect.ts";
import { ToolError } from "./tool_error.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

const URL_TEXT = "https://fixtures.local/op-a1";

interface Setting extends FetchOptions {
  readonly signal?: AbortSignal;
  /** What the policy has judged. Default: the URL as it is spelled. */
  readonly urls?: ReadonlyMap<string, string>;
}

function run({ signal, urls, ...options }: Setting) {
  return fetchTool(options).run({ url: URL_TEXT }, {
    ...IDLE_CONTEXT,
    urls: urls ?? new Map([[URL_TEXT, URL_TEXT]]),
    ...signal === undefined ? {} : { signal },
  });
}

function answering(body: BodyInit | null, init?: ResponseInit): FetchLike {
  return () => Promise.resolve(new Response(body, init));
}

function redirecting(location: string, status = 302): FetchLike {
  return answering(null, { status, headers: { location } });
}

/** Answers only when the signal aborts, as a server does that hangs. */
const hanging: FetchLike = (_url, { signal }) =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });

Deno.test("fetchTool() declares its name and that it fetches a URL", () => {
  const tool = fetchTool({
    fetch: hanging,
  });
  assertEquals(tool.name, "fetch");
  assertEquals(tool.effects, { fetches: ["url"] });
});

Deno.test("fetchTool() returns status, type, bytes and text", async () => {
  const result = await run({
    fetch: answering("naïve\n", {
      headers: { "content-type": "text/markdown" },
    }),
  });
  assertEquals(result, {
    url: "https://fixtures.local/op-a1",
    status: 200,
    content_type: "text/markdown",
    bytes: 7,
    text: "naïve\n",
  });
});

Deno.test("fetchTool() returns an empty text for an answer without a body", async () => {
  assertEquals(await run({ fetch: answering(null, { status: 204 }) }), {
    url: "https://fixtures.local/op-a1",
    status: 204,
    content_type: null,
    bytes: 0,
    text: "",
  });
});

Deno.test("fetchTool() asks once for the URL and follows no redirect", async () => {
  const asked: unknown[] = [];
  await run({
    fetch: (url, { redirect }) => {
      asked.push([url, redirect]);
      return Promise.resolve(new Response("x"));
    },
  });
  assertEquals(asked, [["https://fixtures.local/op-a1", "manual"]]);
});

const STATUSES = [
  { status: 300, transient: false },
  { status: 304, transient: false },
  { status: 400, transient: false },
  { status: 401, transient: false },
  { status: 403, transient: false },
  { status: 404, transient: false },
  { status: 408, transient: true },
  { status: 410, transient: false },
  { status: 425, transient: true },
  { status: 429, transient: true },
  { status: 500, transient: true },
  { status: 501, transient: false },
  { status: 502, transient: true },
  { status: 503, transient: true },
  { status: 504, transient: true },
];

for (const { status, transient } of STATUSES) {
  Deno.test(`fetchTool() takes ${status} for ${transient ? "a transient" : "a lasting"} failure`, async () => {
    const error = await assertRejects(
      () => run({ fetch: answering(null, { status }) }),
      ToolError,
      `Cannot fetch "https://fixtures.local/op-a1": the server answered ${status}`,
    );
    assertEquals([error.type, error.transient], [`${status}`, transient]);
  });
}

for (
  const { headers, want } of [
    { headers: {}, want: undefined },
    { headers: { "Retry-After": "2" }, want: 2000 },
    { headers: { "retry-after-ms": "250", "retry-after": "2" }, want: 250 },
    {
      headers: {
        "retry-after": "Tue, 24 Nov 2026 18:41:40 GMT",
        date: "Tue, 24 Nov 2026 18:41:33 GMT",
      },
      want: 7000,
    },
    { headers: { "retry-after": "86400" }, want: 60_000 },
    { headers: { "retry-after": "soon" }, want: undefined },
  ]
) {
  Deno.test(`fetchTool() asks to wait ${want} ms for ${JSON.stringify(headers)}`, async () => {
    for (const status of [429, 503]) {
      const error = await assertRejects(
        () =>
          run({
            fetch: answering("busy", {
              status,
              headers: new Headers(Object.entries(headers)),
            }),
          }),
        ToolError,
      );
      assertEquals(error.retryAfterMs, want);
    }
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`fetchTool() returns a redirect by ${status} instead of following it`, async () => {
    assertEquals(
      await run({ fetch: redirecting("https://evil.test/x", status) }),
      new Redirect({ url: "https://evil.test/x" }),
    );
  });
}

const LOCATIONS = [
  { location: "https://b.test", want: "https://b.test/" },
  { location: "/x?y#z", want: "https://fixtures.local/x?y#z" },
  { location: "x", want: "https://fixtures.local/x" },
  { location: "../../x", want: "https://fixtures.local/x" },
  { location: "?q", want: "https://fixtures.local/op-a1?q" },
  { location: "", want: "https://fixtures.local/op-a1" },
  { location: "//b.test/x", want: "https://b.test/x" },
  { location: "\\\\b.test\\x", want: "https://b.test/x" },
  { location: "/\\b.test/x", want: "https://b.test/x" },
  { location: "https:\\\\b.test\\x", want: "https://b.test/x" },
  { location: "https://a@B.test/", want: "https://a@b.test/" },
  { location: "http://0x7f.1/", want: "http://127.0.0.1/" },
  { location: "file:///etc/passwd", want: "file:///etc/passwd" },
  { location: "data:,x", want: "data:,x" },
];

for (const { location, want } of LOCATIONS) {
  Deno.test(`fetchTool() says where ${JSON.stringify(location)} leads, for the policy to judge`, async () => {
    assertEquals(
      await run({ fetch: redirecting(location) }),
      new Redirect({ url: want }),
    );
  });
}

Deno.test("fetchTool() takes a relative Location from the URL that was judged", async () => {
  assertEquals(
    await run({
      fetch: redirecting("y"),
      urls: new Map([[URL_TEXT, "https://b.test/a/x"]]),
    }),
    new Redirect({ url: "https://b.test/a/y" }),
  );
});

for (
  const { what, headers } of [
    { what: "no Location", headers: {} },
    { what: "an unparsable Location", headers: { location: "https://[" } },
    { what: "a Location without a host", headers: { location: "https://" } },
  ]
) {
  Deno.test(`fetchTool() fails as redirect for ${what}`, async () => {
    const error = await assertRejects(
      () => run({ fetch: answering(null, { status: 307, headers }) }),
      ToolError,
      'Cannot fetch "https://fixtures.local/op-a1": the server answered 307 with no place to go to',
    );
    assertEquals([error.type, error.transient], ["redirect", false]);
  });
}

Deno.test("fetchTool() fetches what was judged and nothing that it parses itself", async () => {
  const asked: string[] = [];
  const result = await run({
    fetch(url) {
      asked.push(url);
      return Promise.resolve(new Response("x"));
    },
    urls: new Map([[URL_TEXT, "https://judged.test/"]]),
  });
  assertEquals(asked, ["https://judged.test/"]);
  assertEquals(Object(result).url, URL_TEXT);
});

Deno.test("fetchTool() refuses a URL that was not judged, and sends nothing", async () => {
  const asked: string[] = [];
  await assertRejects(
    () =>
      run({
        fetch(url) {
          asked.push(url);
          return Promise.resolve(new Response("x"));
        },
        urls: new Map([["https://fixtures.local/", URL_TEXT]]),
      }),
    RangeError,
    'Cannot fetch "https://fixtures.local/op-a1": it was not judged',
  );
  assertEquals(asked, []);
});

/** Tells that it was asked to make text of a page. */
const shout = (html: string) =>
  Promise.resolve({ text: html.toUpperCase(), truncated: false });

for (
  const { type, text } of [
    { type: "text/html", text: "<P>HI" },
    { type: "Text/HTML; charset=utf-8", text: "<P>HI" },
    { type: "application/xhtml+xml", text: "<P>HI" },
    { type: "text/htmlx", text: "<p>hi" },
    { type: "text/plain; x=text/html", text: "<p>hi" },
    { type: "text/markdown", text: "<p>hi" },
  ]
) {
  Deno.test(`fetchTool() returns ${text} for a page of ${type}`, async () => {
    assertEquals(
      await run({
        fetch: answering("<p>hi", { headers: { "content-type": type } }),
        htmlText: shout,
      }),
      {
        url: "https://fixtures.local/op-a1",
        status: 200,
        content_type: type,
        bytes: 5,
        text,
      },
    );
  });
}

Deno.test("fetchTool() returns a page as it is without a converter to text", async () => {
  const result = await run({
    fetch: answering("<p>hi", { headers: { "content-type": "text/html" } }),
  });
  assertEquals(Object(result).text, "<p>hi");
});

Deno.test("fetchTool() drops the body of a redirect", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  await run({
    fetch: answering(body, { status: 302, headers: { location: "/x" } }),
  });
  assert(cancelled);
});

Deno.test("fetchTool() drops the body of an answer that it refuses", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    cancel() {
      cancelled = true;
    },
  });
  await assertRejects(() => run({ fetch: answering(body, { status: 404 }) }));
  assert(cancelled);
});

Deno.test("fetchTool() takes a body of exactly maxBytes", async () => {
  const result = await run({ fetch: answering("12345678"), maxBytes: 8 });
  assertEquals(result, {
    url: "https://fixtures.local/op-a1",
    status: 200,
    content_type: "text/plain;charset=UTF-8",
    bytes: 8,
    text: "12345678",
  });
});

Deno.test("fetchTool() stops reading a body that is larger than maxBytes", async () => {
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      if (sent > 100) throw new Error("read on and on");
      controller.enqueue(new Uint8Array(4));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const error = await assertRejects(
    () => run({ fetch: answering(endless), maxBytes: 8 }),
    ToolError,
    'Cannot fetch "https://fixtures.local/op-a1": the body is larger than 8 bytes',
  );
  assertEquals([error.type, error.transient], ["too_large", false]);
  assertEquals([sent, cancelled], [3, true]);
});

Deno.test("fetchTool() limits a body to 1 MiB when maxBytes is not given", async () => {
  const error = await assertRejects(
    () => run({ fetch: answering(new Uint8Array(2 ** 20 + 1)) }),
    ToolError,
    "larger than 1048576 bytes",
  );
  assertEquals(error.type, "too_large");
});

Deno.test("fetchTool() puts together a character that two chunks share", async () => {
  const chunks = ReadableStream.from([
    new Uint8Array([0xc3]),
    new Uint8Array([0xaf]),
  ]);
  assertEquals(await run({ fetch: answering(chunks) }), {
    url: "https://fixtures.local/op-a1",
    status: 200,
    content_type: null,
    bytes: 2,
    text: "ï",
  });
});

Deno.test("fetchTool() refuses a body that is not text", async () => {
  const error = await assertRejects(
    () => run({ fetch: answering(new Uint8Array([0x66, 0xff, 0])) }),
    ToolError,
    'Cannot fetch "https://fixtures.local/op-a1": the body is not text in its declared encoding, nor in UTF-8',
  );
  assertEquals([error.type, error.transient], ["not_text", false]);
});

Deno.test("fetchTool() names an encoding that is not UTF-8", async () => {
  const type = "text/plain; charset=Shift_JIS";
  assertEquals(
    await run({
      fetch: answering(new Uint8Array([0x93, 0xfa, 0x96, 0x7b]), {
        headers: { "content-type": type },
      }),
    }),
    {
      url: "https://fixtures.local/op-a1",
      status: 200,
      content_type: type,
      charset: "shift_jis",
      bytes: 4,
      text: "日本",
    },
  );
});

Deno.test("fetchTool() reports a page that cannot be made text", async () => {
  const cause = new TypeError("I[i] is undefined");
  const error = await assertRejects(
    () =>
      run({
        fetch: answering("<p>", { headers: { "content-type": "text/html" } }),
        htmlText: () => Promise.reject(cause),
      }),
    ToolError,
    'Cannot fetch "https://fixtures.local/op-a1": no text can be made of the page',
  );
  assertEquals([error.type, error.transient], ["unreadable_page", false]);
  assertStrictEquals(error.cause, cause);
});

for (
  const { what, text } of [
    { what: "quotes", text: '"'.repeat(3 * 2 ** 20) },
    { what: "control characters", text: "\u0001".repeat(2 ** 20) },
    { what: "letters", text: "a".repeat(2 ** 22) },
  ]
) {
  Deno.test(`fetchTool() cuts ${what} that are more than a tool may return`, async () => {
    for (const type of ["text/html", "text/plain"]) {
      const result = await run({
        fetch: answering(text, { headers: { "content-type": type } }),
        htmlText: () => Promise.resolve({ text, truncated: false }),
        maxBytes: 2 ** 23,
      });
      const { length } = JSON.stringify(result);
      assert(length <= 2 ** 22 && length > 2 ** 22 - 8, `${length}`);
      assertEquals(Object(result).truncated, true);
    }
  });
}

Deno.test("fetchTool() takes a failed connection for transient and keeps the cause", async () => {
  const cause = new TypeError("connection reset");
  const error = await assertRejects(
    () => run({ fetch: () => Promise.reject(cause) }),
    ToolError,
    'Cannot fetch "https://fixtures.local/op-a1": the connection failed',
  );
  assertEquals([error.type, error.transient], ["network", true]);
  assertStrictEquals(error.cause, cause);
});

Deno.test("fetchTool() takes a body that breaks off for a failed connection", async () => {
  const broken = new ReadableStream({
    pull() {
      throw new TypeError("reset");
    },
  });
  const error = await assertRejects(
    () => run({ fetch: answering(broken) }),
    ToolError,
  );
  assertEquals([error.type, error.transient], ["network", true]);
});

Deno.test("fetchTool() passes a cancelled run on as it is", async () => {
  const cancel = new AbortController();
  const running = run({ fetch: hanging, signal: cancel.signal });
  const reason = new Error("the run was cancelled");
  cancel.abort(reason);
  assertStrictEquals(await assertRejects(() => running), reason);
});

const ARGUMENTS = [
  { what: "a URL", value: { url: URL_TEXT }, want: true },
  { what: "2048 characters", value: { url: "a".repeat(2048) }, want: true },
  { what: "2049 characters", value: { url: "a".repeat(2049) }, want: false },
  { what: "no URL", value: {}, want: false },
  { what: "an empty URL", value: { url: "" }, want: false },
  { what: "a list", value: { url: [URL_TEXT] }, want: false },
  {
    what: "an unknown key",
    value: { url: URL_TEXT, method: "POST" },
    want: false,
  },
];

for (const { what, value, want } of ARGUMENTS) {
  Deno.test(`fetchTool() ${want ? "accepts" : "refuses"} ${what}`, async () => {
    const { args } = fetchTool({
      fetch: hanging,
    });
    const { issues } = await args["~standard"].validate(value);
    assertEquals(issues === undefined, want);
  });
}

Deno.test("fetchTool() reads the beginning of a very long page and says so", async () => {
  const html = "x".repeat(2 ** 18 + 1);
  const result = await run({
    fetch: answering(html, { headers: { "content-type": "text/html" } }),
  });
  assertObjectMatch(Object(result), { bytes: html.length, truncated: true });
  assertEquals(Object(result).text.length, 2 ** 18);
});
