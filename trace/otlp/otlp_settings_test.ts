import { assert, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../tools/data/input_error.ts";
import { otlpSettings } from "./otlp_settings.ts";

function choice(env: Record<string, string>, endpoint?: string) {
  return otlpSettings(
    (name) => new Map(Object.entries(env)).get(name),
    endpoint,
  );
}

function settings(env: Record<string, string>, endpoint?: string) {
  return choice(env, endpoint).settings;
}

Deno.test("otlpSettings() sends nothing unless a setting says where", () => {
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

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" };

for (
  const { given, want } of [
    { given: "http://t:4318", want: "http://t:4318/" },
    { given: "http://t:4318/", want: "http://t:4318/" },
    { given: "http://t/v1/traces", want: "http://t/v1/traces" },
    { given: "http://t/v1/traces/", want: "http://t/v1/traces/" },
    { given: "https://t/api/v2/spans?k=1", want: "https://t/api/v2/spans?k=1" },
    { given: "", want: "http://c:4318/v1/traces" },
  ]
) {
  Deno.test(`otlpSettings() takes the endpoint for traces ${JSON.stringify(given)} as it is`, () => {
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = given;
    const env = { ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT };
    assertEquals(settings(env)?.url, want);
    assertEquals(settings(env, "http://here")?.url, "http://here/v1/traces");
  });
}

Deno.test("otlpSettings() takes the headers for traces instead of those for everything", () => {
  const env = {
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "b=3",
  };
  assertEquals(settings(env)?.headers, { b: "3" });
  assertEquals(
    settings({ ...env, OTEL_EXPORTER_OTLP_TRACES_HEADERS: "" })?.headers,
    { a: "1", b: "2" },
  );
});

for (
  const { env, sends = false, warnings = [], protocol = "http/json" } of [
    { env: { OTEL_SDK_DISABLED: "true" } },
    { env: { OTEL_SDK_DISABLED: " True " } },
    { env: { OTEL_SDK_DISABLED: "false" }, sends: true },
    { env: { OTEL_SDK_DISABLED: "" }, sends: true },
    {
      env: { OTEL_SDK_DISABLED: "1" },
      sends: true,
      warnings: [
        "OTEL_SDK_DISABLED=1 is not supported: expected true or false",
      ],
    },
    { env: { OTEL_TRACES_EXPORTER: "none" } },
    {
      env: {
        OTEL_SDK_DISABLED: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: "not a URL",
      },
    },
    { env: { OTEL_TRACES_EXPORTER: "None" } },
    { env: { OTEL_TRACES_EXPORTER: "OTLP" }, sends: true },
    { env: { OTEL_TRACES_EXPORTER: "" }, sends: true },
    {
      env: { OTEL_TRACES_EXPORTER: "console, otlp" },
      sends: true,
      warnings: [
        "OTEL_TRACES_EXPORTER=console, otlp is not supported: only otlp and none are",
      ],
    },
    {
      env: { OTEL_TRACES_EXPORTER: "zipkin" },
      warnings: [
        "OTEL_TRACES_EXPORTER=zipkin is not supported: only otlp and none are, and no spans are sent",
      ],
    },
    { env: { OTEL_EXPORTER_OTLP_PROTOCOL: "HTTP/JSON" }, sends: true },
    {
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      sends: true,
      warnings: [
        "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported: only http/json and http/protobuf are, and spans go out as http/json",
      ],
    },
    {
      env: {
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
      },
      sends: true,
      protocol: "http/protobuf",
    },
    {
      env: {
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
      },
      sends: true,
    },
    {
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: `\u001b[31m${"x".repeat(60)}` },
      sends: true,
      warnings: [
        `OTEL_EXPORTER_OTLP_PROTOCOL=?[31m${
          "x".repeat(55)
        }... is not supported: only http/json and http/protobuf are, and spans go out as http/json`,
      ],
    },
  ]
) {
  Deno.test(`otlpSettings() does ${sends ? "" : "not "}send with ${JSON.stringify(env)}`, () => {
    const found = choice({ ...ENDPOINT, ...env });
    assertEquals(found.settings?.protocol, sends ? protocol : undefined);
    assertEquals(found.warnings, warnings);
    // A setting that is not used is not checked, and the option wins.
    assertEquals(choice({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: "" }), {
      settings: undefined,
      warnings: [],
    });
    assertEquals(
      choice({ ...ENDPOINT, ...env }, "http://here").settings?.url,
      "http://here/v1/traces",
    );
    assertEquals(choice(env, "http://here").warnings, []);
  });
}

for (
  const { env, timeoutMs, warnings = [] } of [
    { env: {}, timeoutMs: 10_000 },
    { env: { OTEL_EXPORTER_OTLP_TIMEOUT: "2500" }, timeoutMs: 2500 },
    {
      env: {
        OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: " 50 ",
      },
      timeoutMs: 50,
    },
    {
      env: {
        OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "",
      },
      timeoutMs: 2500,
    },
    ...["0", "-1", "10s", "1.5", "1e3", "86400001", "9".repeat(30)].map(
      (value) => ({
        env: { OTEL_EXPORTER_OTLP_TIMEOUT: value },
        timeoutMs: 10_000,
        warnings: [
          `OTEL_EXPORTER_OTLP_TIMEOUT=${value} is not supported: expected milliseconds from 1 to 86400000; 10000 it is`,
        ],
      }),
    ),
  ]
) {
  Deno.test(`otlpSettings() waits ${timeoutMs} ms with ${JSON.stringify(env)}`, () => {
    const found = choice({ ...ENDPOINT, ...env });
    assertEquals(found.settings?.timeoutMs, timeoutMs);
    assertEquals(found.warnings, warnings);
    assertEquals(choice(env, "http://here").settings?.timeoutMs, timeoutMs);
  });
}

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
      env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector" },
      endpoint: undefined,
      message:
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: expected an http or https URL",
    },
    {
      env: {
        ...ENDPOINT,
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: `a b=${SECRET}`,
      },
      endpoint: undefined,
      message: "OTEL_EXPORTER_OTLP_TRACES_HEADERS: a header's name has",
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
