import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { ModelError } from "../../attempt/model_error.ts";
import { wholeResponses } from "./model_fetch.ts";

const URL = "https://models.example/v1/chat";
const KEY = "sk-secret-1";

Deno.test("wholeResponses() reads a response to its end", async () => {
  const sent: unknown[] = [];
  const fetch = wholeResponses((url, init) => {
    sent.push([url, init]);
    return Promise.resolve(
      new Response("hello", { status: 201, headers: { "x-a": "b" } }),
    );
  });
  const response = await fetch(URL, { method: "POST" });
  assertEquals(sent, [[URL, { method: "POST", redirect: "manual" }]]);
  assertEquals([response.status, response.headers.get("x-a")], [201, "b"]);
  assertEquals(await response.text(), "hello");
});

Deno.test("wholeResponses() takes a response without a body", async () => {
  const fetch = wholeResponses(() =>
    Promise.resolve(new Response(null, { status: 204 }))
  );
  assertEquals(await (await fetch(URL)).text(), "");
});

Deno.test("wholeResponses() reads no more than 16 MiB", async () => {
  let chunks = 0;
  const endless = new ReadableStream({
    pull(controller) {
      chunks += 1;
      controller.enqueue(new Uint8Array(2 ** 20));
    },
  });
  const fetch = wholeResponses(() => Promise.resolve(new Response(endless)));
  const thrown = await assertRejects(() => fetch(URL), ModelError);
  assertEquals([thrown.type, thrown.transient], ["too_large", false]);
  assertEquals(chunks <= 18, true);
});

const FAILURES = [
  {
    error: new TypeError("fetch failed", {
      cause: new Error("tcp connect error: Connection refused (os error 111)"),
    }),
    type: "network",
    says: "the connection was refused",
  },
  {
    error: new TypeError("fetch failed", {
      cause: new Error("dns error: failed to lookup address information"),
    }),
    type: "network",
    says: "the host was not found",
  },
  {
    error: new TypeError("fetch failed", {
      cause: new Error("invalid peer certificate: UnknownIssuer"),
    }),
    type: "network",
    says: "no secure connection could be made",
  },
  {
    error: new TypeError(`Invalid header value: "Bearer ${KEY}"`),
    type: "network",
    says: "the connection failed",
  },
  {
    error: new DOMException("late", "TimeoutError"),
    type: "timeout",
    says: "it took too long to answer",
  },
];

for (const { error, type, says } of FAILURES) {
  Deno.test(`wholeResponses() says ${type} for ${error.message}`, async () => {
    const fetch = wholeResponses(() => Promise.reject(error));
    const thrown = await assertRejects(() => fetch(URL), ModelError);
    assertEquals([thrown.type, thrown.transient], [type, true]);
    assertEquals(thrown.message, `Cannot reach "models.example": ${says}`);
    assertEquals(Deno.inspect(thrown).includes(KEY), false);
  });
}

Deno.test("wholeResponses() tells a refused permission from the network", async () => {
  const cause = new Deno.errors.NotCapable("Requires net access");
  const fetch = wholeResponses(() =>
    Promise.reject(new TypeError("fetch failed", { cause }))
  );
  const thrown = await assertRejects(() => fetch(URL), ModelError);
  assertEquals([thrown.type, thrown.transient], ["permission_denied", false]);
  assertStrictEquals(thrown.cause, cause);
});

Deno.test("wholeResponses() leaves a cancelled request to the signal", async () => {
  const reason = new Error("enough");
  const fetch = wholeResponses(() => Promise.reject(reason));
  const thrown = await fetch(URL, { signal: AbortSignal.abort(reason) })
    .catch((error) => error);
  assertStrictEquals(thrown, reason);
});

Deno.test("wholeResponses() says when the body breaks off", async () => {
  const broken = new ReadableStream({
    pull(controller) {
      controller.error(new TypeError("error reading a body from connection"));
    },
  });
  const fetch = wholeResponses(() => Promise.resolve(new Response(broken)));
  const thrown = await assertRejects(() => fetch(URL), ModelError);
  assertStringIncludes(thrown.message, "the connection broke off");
});
