import { assertEquals, assertRejects } from "@std/assert";
import { ModelError } from "../attempt/model_error.ts";
import { networkFailure, retriedLlm } from "./network_failure.ts";

function withFields(error: Error, fields: object): Error {
  return Object.assign(error, fields);
}

function named(name: string, message = "no"): Error {
  return withFields(new Error(message), { name });
}

for (
  const { what, error, type } of [
    {
      what: "a fetch that failed in Node",
      error: new TypeError("fetch failed", {
        cause: withFields(new Error("connect"), { code: "ECONNREFUSED" }),
      }),
      type: "network",
    },
    {
      what: "a fetch that failed in Deno",
      error: new TypeError("error sending request for url (http://a.test/)"),
      type: "network",
    },
    {
      what: "a socket that was reset",
      error: withFields(new Error("read"), { code: "ECONNRESET" }),
      type: "network",
    },
    {
      what: "an error of Deno's own",
      error: named("ConnectionReset"),
      type: "network",
    },
    {
      what: "a client's error around one",
      error: new Error("Connection error.", {
        cause: new TypeError("fetch failed"),
      }),
      type: "network",
    },
    { what: "a time-out", error: named("TimeoutError"), type: "timeout" },
    {
      what: "a connection that timed out",
      error: withFields(new Error("x"), { code: "ETIMEDOUT" }),
      type: "timeout",
    },
    {
      what: "a client's error with the status 429",
      error: withFields(new Error("slow down"), { status: 429 }),
      type: "429",
    },
    {
      what: "a client's error with the statusCode 503",
      error: withFields(new Error("busy"), { statusCode: 503 }),
      type: "503",
    },
  ]
) {
  Deno.test(`networkFailure() takes ${what} for one that may pass`, () => {
    const failure = networkFailure(error);
    assertEquals([failure?.type, failure?.transient], [type, true]);
    assertEquals(failure?.message, error.message);
  });
}

for (
  const { what, error } of [
    { what: "a bug", error: new TypeError("x is not a function") },
    {
      what: "a refused key",
      error: withFields(new Error("no"), { status: 401 }),
    },
    {
      what: "a refused permission",
      error: new Deno.errors.NotCapable("Requires net access to a.test"),
    },
    {
      what: "an error that says of itself what it is",
      error: new ModelError("fetch failed", { type: "unauthorized" }),
    },
    { what: "a thrown text", error: "fetch failed" },
  ]
) {
  Deno.test(`networkFailure() leaves ${what} alone`, () => {
    assertEquals(networkFailure(error), undefined);
  });
}

Deno.test("retriedLlm() leaves a cancelled request alone", async () => {
  const controller = new AbortController();
  const failed = new TypeError("fetch failed");
  const llm = retriedLlm(() => {
    controller.abort();
    return Promise.reject(failed);
  });
  const input = { step: 1, messages: [], tools: [] };
  const error = await assertRejects(() => llm(input, controller.signal));
  assertEquals(error, failed);
});
