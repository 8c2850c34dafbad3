import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../policy/input_error.ts";
import { otlpSettings } from "./otlp_settings.ts";

function settings(env: Record<string, string>, endpoint?: string) {
  return otlpSettings(
    (name) => new Map(Object.entries(env)).get(name),
    endpoint,
  );
}

Deno.test("otlpSettings() sends nothing unless somebody says where", () => {
  assertEquals(settings({}), undefined);
  assertEquals(settings({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }), undefined);
  assertEquals(settings({ OTEL_EXPORTER_OTLP_HEADERS: "a=b" }), undefined);
});

for (
  const { given, want } of [
    { given: "http://c:4318", want: "http://c:4318/v1/traces" },
    { given: "http://c:4318/", want: "http://c:4318/v1/traces" },
    { given: "https://c/otlp", want: "https://c/otlp/v1/traces" },
    { given: "https://c/otlp/", want: "https://c/otlp/v1/traces" },
    { given: "https://c/v1/traces", want: "https://c/v1/traces" },
    { given: "https://c/v1/traces/", want: "https://c/v1/traces" },
    { given: "https://c/v1/traces//", want: "https://c/v1/traces" },
    { given: "https://c/o/v1/traces/?k=1", want: "https://c/o/v1/traces?k=1" },
    { given: "https://c/v1", want: "https://c/v1/v1/traces" },
    { given: "https://c/o?k=1", want: "https://c/o/v1/traces?k=1" },
  ]
) {
  Deno.test(`otlpSettings() sends to ${want} for ${given}`, () => {
    assertEquals(settings({}, given)?.url, want);
    const OTEL_EXPORTER_OTLP_ENDPOINT = given;
    assertEquals(settings({ OTEL_EXPORTER_OTLP_ENDPOINT })?.url, want);
  });
}

Deno.test("otlpSettings() goes by the option before the environment", () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://there" };
  assertEquals(settings(env, "http://here")?.url, "http://here/v1/traces");
});

Deno.test("otlpSettings() reads lists of the environment, percent-encoded", () => {
  const found = settings({
    OTEL_EXPORTER_OTLP_HEADERS:
      "Authorization=Basic%20YTpi%3D, x-team = core ,",
    OTEL_RESOURCE_ATTRIBUTES:
      "service.name=other,deployment.environment.name=h%C3%A4user",
  }, "http://c");
  assertEquals(found?.headers, {
    authorization: "Basic YTpi=",
    "x-team": "core",
  });
  assertEquals(found?.resource, {
    "service.name": "other",
    "deployment.environment.name": "häuser",
  });
});

Deno.test("otlpSettings() lets OTEL_SERVICE_NAME win", () => {
  const found = settings({
    OTEL_SERVICE_NAME: "mine",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=other",
  }, "http://c");
  assertEquals(found?.resource, { "service.name": "mine" });
});

const SECRET = "s3cr3t";

for (
  const { env, endpoint, message } of [
    {
      env: {},
      endpoint: "c:4318",
      message: "--otlp: expected an http or https",
    },
    {
      env: {},
      endpoint: "ftp://c",
      message: "--otlp: expected an http or https",
    },
    {
      env: {},
      endpoint: `http://u:${SECRET}@c`,
      message: "--otlp: expected an http or https URL without user",
    },
    {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: "collector" },
      endpoint: undefined,
      message: "OTEL_EXPORTER_OTLP_ENDPOINT: expected an http or https URL",
    },
    {
      env: { OTEL_EXPORTER_OTLP_HEADERS: SECRET },
      endpoint: "http://c",
      message: "OTEL_EXPORTER_OTLP_HEADERS: expected key=value",
    },
    {
      env: { OTEL_EXPORTER_OTLP_HEADERS: `a b=${SECRET}` },
      endpoint: "http://c",
      message: "a header's name has characters that no header has",
    },
    {
      env: { OTEL_EXPORTER_OTLP_HEADERS: `a=${SECRET}%0d%0ax:%20y` },
      endpoint: "http://c",
      message: "the value of a is not printable ASCII",
    },
    {
      env: { OTEL_EXPORTER_OTLP_HEADERS: `a=${SECRET}%zz` },
      endpoint: "http://c",
      message: "expected key=value, separated by commas and percent-encoded",
    },
    {
      env: { OTEL_RESOURCE_ATTRIBUTES: "=x" },
      endpoint: "http://c",
      message: "OTEL_RESOURCE_ATTRIBUTES: expected key=value",
    },
  ]
) {
  Deno.test(`otlpSettings() refuses ${JSON.stringify(env)} ${endpoint}`, () => {
    const error = assertThrows(
      () => settings(env, endpoint),
      InputError,
      message,
    );
    assert(!error.message.includes(SECRET), "the message shows a secret");
  });
}
