import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { type FetchLike, fetchTool } from "./fetch.ts";
import { ToolError } from "./tool_error.ts";

const URL_TEXT = "https://fixtures.local/op-a1";

interface Setting {
  readonly fetch: FetchLike;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

function run({ fetch, maxBytes, signal }: Setting) {
  const tool = fetchTool({
    fetch,
    ...maxBytes === undefined ? {} : { maxBytes },
  });
  return tool.run({ url: URL_TEXT }, {
    signal: signal ?? new AbortController().signal,
    idempotencyKey: "0".repeat(64),
  });
}

function answering(body: BodyInit | null, init?: ResponseInit): FetchLike {
  return () => Promise.resolve(new Response(body, init));
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
  { status: 301, transient: false },
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

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`fetchTool() refuses a redirect by ${status} and names where it leads`, async () => {
    const error = await assertRejects(
      () =>
        run({
          fetch: answering(null, {
            status,
            headers: { location: "https://evil.test/x" },
          }),
        }),
      ToolError,
      'Cannot fetch "https://fixtures.local/op-a1": it redirects to "https://evil.test/x", and redirects are not followed',
    );
    assertEquals([error.type, error.transient], ["redirect", false]);
  });
}

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

Deno.test("fetchTool() refuses a body that is not UTF-8", async () => {
  const error = await assertRejects(
    () => run({ fetch: answering(new Uint8Array([0x66, 0xff])) }),
    ToolError,
    'Cannot fetch "https://fixtures.local/op-a1": the body is not UTF-8 text',
  );
  assertEquals([error.type, error.transient], ["not_text", false]);
});

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
