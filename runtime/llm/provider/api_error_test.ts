import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ModelError } from "../../attempt/model_error.ts";
import { modelErrorOf } from "./api_error.ts";

const ASKED = { name: "some:model", key: "sk-secret-1" };

/** An error as the packages make it. */
function apiError(fields: Readonly<Record<string, unknown>>): Error {
  const error = new Error("Said the server");
  error.name = "AI_APICallError";
  return Object.assign(error, { requestBodyValues: {}, ...fields });
}

const STATUSES = [
  { status: 400, type: "400", transient: false },
  { status: 401, type: "unauthorized", transient: false },
  { status: 403, type: "forbidden", transient: false },
  { status: 404, type: "404", transient: false },
  { status: 408, type: "408", transient: true },
  { status: 422, type: "422", transient: false },
  { status: 429, type: "429", transient: true },
  { status: 500, type: "500", transient: true },
  { status: 501, type: "501", transient: false },
  { status: 503, type: "503", transient: true },
  { status: 529, type: "529", transient: true },
];

for (const { status, ...want } of STATUSES) {
  Deno.test(`modelErrorOf() classifies the status ${status}`, () => {
    const { type, transient, message, cause } = modelErrorOf(
      apiError({ statusCode: status }),
      ASKED,
    );
    assertEquals({ type, transient }, want);
    assertEquals(cause, undefined);
    const quotes = status !== 401 && status !== 403;
    assertEquals(message.includes("Said the server"), quotes);
  });
}

Deno.test("modelErrorOf() takes over how long to wait", () => {
  const error = apiError({
    statusCode: 429,
    responseHeaders: { "retry-after": "3" },
  });
  assertEquals(modelErrorOf(error, ASKED).retryAfterMs, 3000);
});

Deno.test("modelErrorOf() takes over how long to wait from the body, after the headers", () => {
  const responseBody = JSON.stringify({
    error: {
      details: [{
        "@type": "type.googleapis.com/google.rpc.RetryInfo",
        retryDelay: "2s",
      }],
    },
  });
  const error = { statusCode: 429, responseBody };
  assertEquals(modelErrorOf(apiError(error), ASKED).retryAfterMs, 2000);
  const responseHeaders = { "retry-after": "3" };
  assertEquals(
    modelErrorOf(apiError({ ...error, responseHeaders }), ASKED).retryAfterMs,
    3000,
  );
});

Deno.test("modelErrorOf() does not retry an unpaid account", () => {
  const data = { error: { message: "Pay", code: "insufficient_quota" } };
  const { type, transient } = modelErrorOf(
    apiError({ statusCode: 429, data }),
    ASKED,
  );
  assertEquals([type, transient], ["insufficient_quota", false]);
});

Deno.test("modelErrorOf() takes an error without a status for the connection", () => {
  const { type, transient } = modelErrorOf(apiError({}), ASKED);
  assertEquals([type, transient], ["network", true]);
});

Deno.test("modelErrorOf() takes an error at a good status for a bad answer", () => {
  const { type, transient } = modelErrorOf(
    apiError({ statusCode: 200 }),
    ASKED,
  );
  assertEquals([type, transient], ["invalid_response", false]);
});

for (
  const { what, call, says } of [
    {
      what: "an answer of another form",
      call: { statusCode: 200, responseBody: '{"error": "busy sk-secret-1"}' },
      says: ': {"error": "busy [key]"}',
    },
    {
      what: "no page",
      call: { statusCode: 200, responseBody: "<html>" },
      says: "promises",
    },
    {
      what: "the text of an error without a form",
      call: { statusCode: 500, responseBody: "out of memory" },
      says: "answered 500: out of memory",
    },
    {
      what: "an error's own words",
      call: { statusCode: 500, responseBody: "{}", data: { error: {} } },
      says: "answered 500: Said the server",
    },
    {
      what: "the status of a page",
      call: { statusCode: 502, responseBody: "<html>" },
      says: "answered 502: Said the server",
    },
  ]
) {
  Deno.test(`modelErrorOf() quotes ${what}`, () => {
    const { message } = modelErrorOf(apiError(call), ASKED);
    assertEquals(message.endsWith(says), true, message);
  });
}

Deno.test("modelErrorOf() finds the model error that a package wrapped", () => {
  const inner = new ModelError("gone", { type: "network", transient: true });
  const outer = apiError({ cause: inner });
  assertStrictEquals(modelErrorOf(outer, ASKED), inner);
});

Deno.test("modelErrorOf() keeps a refused permission as the cause", () => {
  const refused = new Deno.errors.NotCapable("Requires net access");
  const { type, cause } = modelErrorOf(apiError({ cause: refused }), ASKED);
  assertEquals(type, "permission_denied");
  assertStrictEquals(cause, refused);
});

Deno.test("modelErrorOf() classifies thrown values that are not errors", () => {
  const { type, message } = modelErrorOf("sk-secret-1", ASKED);
  assertEquals(type, "provider_error");
  assertEquals(
    message,
    'Cannot ask "some:model": the adapter failed with string: ',
  );
});

Deno.test("modelErrorOf() quotes one short line, without the key", () => {
  const error = apiError({ statusCode: 400 });
  error.message = `a\u001b[31m\r\nsk-secret-1 sk-secret-1${"!".repeat(999)}`;
  const { message } = modelErrorOf(error, ASKED);
  assert(message.includes("a [31m [key] [key]!!!"), message);
  assert(message.length < 400);
  assert(message.endsWith("!…"));
});
