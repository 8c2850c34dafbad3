import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../tools/data/input_error.ts";
import { chooseModel, keyOf } from "./provider.ts";

const CHOICES = [
  {
    spec: "openai:gpt-5",
    options: {},
    want: {
      protocol: "openai",
      path: "hosted",
      provider: "openai",
      model: "gpt-5",
      baseUrl: "https://api.openai.com/v1",
      host: "api.openai.com:443",
      keys: ["OPENAI_API_KEY"],
    },
  },
  {
    spec: "anthropic:claude-sonnet-4-5",
    options: {},
    want: {
      protocol: "anthropic",
      path: "hosted",
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      baseUrl: "https://api.anthropic.com/v1",
      host: "api.anthropic.com:443",
      keys: ["ANTHROPIC_API_KEY"],
    },
  },
  {
    spec: "google:gemini-2.5-flash",
    options: {},
    want: {
      protocol: "google",
      path: "hosted",
      provider: "gcp.gemini",
      model: "gemini-2.5-flash",
      baseUrl: "https://generativelanguage.googleapis.com/v1beta",
      host: "generativelanguage.googleapis.com:443",
      keys: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"],
    },
  },
  {
    spec: "ollama:qwen3:8b",
    options: {},
    want: {
      protocol: "openai",
      path: "local",
      provider: "ollama",
      model: "qwen3:8b",
      baseUrl: "http://127.0.0.1:11434/v1",
      host: "127.0.0.1:11434",
      keys: [],
    },
  },
  {
    spec: "openai-compatible:org/model",
    options: { baseUrl: "https://models.example/v1/" },
    want: {
      protocol: "openai",
      path: "hosted",
      provider: "openai-compatible",
      model: "org/model",
      baseUrl: "https://models.example/v1",
      host: "models.example:443",
      keys: [],
    },
  },
  {
    spec: "openai-compatible:m",
    options: { baseUrl: "http://[::1]:8080/v1", keyName: "MY_KEY" },
    want: {
      protocol: "openai",
      path: "local",
      provider: "openai-compatible",
      model: "m",
      baseUrl: "http://[::1]:8080/v1",
      host: "[::1]:8080",
      keys: ["MY_KEY"],
    },
  },
  {
    spec: "openai-compatible:m",
    options: { baseUrl: "http://LOCALHOST" },
    want: {
      protocol: "openai",
      path: "local",
      provider: "openai-compatible",
      model: "m",
      baseUrl: "http://localhost",
      host: "localhost:80",
      keys: [],
    },
  },
  {
    spec: "ollama:m",
    options: { baseUrl: "http://192.168.1.9:11434/v1" },
    want: {
      protocol: "openai",
      path: "hosted",
      provider: "ollama",
      model: "m",
      baseUrl: "http://192.168.1.9:11434/v1",
      host: "192.168.1.9:11434",
      keys: [],
    },
  },
];

for (const { spec, options, want } of CHOICES) {
  const where = options.baseUrl ?? "its own server";
  Deno.test(`chooseModel() reads ${spec} at ${where}`, () => {
    const { protocol, info, baseUrl, host, keys } = chooseModel(spec, options);
    assertEquals(
      {
        protocol,
        path: info.execution_path,
        provider: info.provider,
        model: info.model,
        baseUrl,
        host,
        keys: [...keys],
      },
      want,
    );
    assertEquals(info.script_sha256, null);
  });
}

const WRONG = [
  { spec: "", says: "no such provider" },
  { spec: "gpt-5", says: "no such provider" },
  { spec: "constructor:x", says: "no such provider" },
  { spec: "OpenAI:gpt-5", says: "no such provider" },
  { spec: "openai:", says: "the model's name" },
  { spec: "openai: ", says: "the model's name" },
  { spec: "openai:a\nb", says: "no such provider" },
  { spec: "openai:a\u001bb", says: "the model's name" },
  { spec: "openai:a\u2028b", says: "no such provider" },
  { spec: "openai:\ud800", says: "the model's name" },
  { spec: `openai:${"a".repeat(513)}`, says: "the model's name" },
  { spec: "google:../files", says: "the model's name" },
  { spec: "google:models/./x", says: "the model's name" },
  { spec: "google:models//x", says: "the model's name" },
  { spec: "openai-compatible:m", says: "give its base URL" },
  { spec: "ollama:m", baseUrl: "localhost:11434", says: "the base URL" },
  { spec: "ollama:m", baseUrl: "ftp://localhost", says: "the base URL" },
  { spec: "ollama:m", baseUrl: "http://me:pw@localhost", says: "the base URL" },
  { spec: "ollama:m", baseUrl: "http://localhost/?a=b", says: "the base URL" },
  { spec: "openai:m", baseUrl: "http://api.example/v1", says: "in the clear" },
  {
    spec: "openai:m",
    baseUrl: "http://127.0.0.1.example/v1",
    says: "in the clear",
  },
  { spec: "openai:m", keyName: "sk-oops", says: "named by its variable" },
];

for (const { spec, says, ...options } of WRONG) {
  Deno.test(`chooseModel() refuses "${spec}" with ${JSON.stringify(options)}`, () => {
    const error = assertThrows(
      () => chooseModel(spec, options),
      InputError,
      says,
    );
    assertEquals(error.message.includes("pw"), false);
    assertEquals(error.message.includes("oops"), false);
  });
}

Deno.test("keyOf() takes the first variable that is set", () => {
  const choice = chooseModel("google:m");
  const env = new Map([
    ["GOOGLE_GENERATIVE_AI_API_KEY", ""],
    ["GEMINI_API_KEY", "AIza-12345"],
  ]);
  assertEquals(keyOf(choice, (name) => env.get(name)), "AIza-12345");
});

Deno.test("keyOf() looks up nothing for a server that needs no key", () => {
  const choice = chooseModel("ollama:m");
  assertEquals(
    keyOf(choice, () => {
      throw new Error("looked up");
    }),
    undefined,
  );
});

Deno.test("keyOf() says which variable is missing", () => {
  const error = assertThrows(
    () => keyOf(chooseModel("google:m"), () => undefined),
    InputError,
  );
  assertEquals(
    error.message,
    "google:m: no key: the variable GOOGLE_GENERATIVE_AI_API_KEY or GEMINI_API_KEY is not set, or may not be read (--allow-env=GOOGLE_GENERATIVE_AI_API_KEY,GEMINI_API_KEY)",
  );
});

for (
  const key of [
    "sk-secret-1\n",
    "sk secret 1",
    'sk-"secret"-1',
    "sk-sécret-1",
  ]
) {
  Deno.test(`keyOf() refuses ${JSON.stringify(key)} and does not show it`, () => {
    const error = assertThrows(
      () => keyOf(chooseModel("openai:m"), () => key),
      InputError,
      "the variable OPENAI_API_KEY does not hold a key",
    );
    assertEquals(Deno.inspect(error).includes(key.trim()), false);
  });
}

for (
  const name of [
    "/srv/models/x",
    "Llama 3.1 (70B)",
    "../models/x",
    "通义千问",
    "modèle:latest",
    "a?key=b#c",
    "{{name}}",
    "a".repeat(512),
  ]
) {
  Deno.test(`chooseModel() leaves a model's name to its provider: ${name.slice(0, 20)}`, () => {
    const { info, spec } = chooseModel(`openai:${name}`);
    assertEquals([info.model, spec], [name, `openai:${name}`]);
  });
}

for (
  const { host, path } of [
    { host: "0.0.0.0:8080", path: "local" },
    { host: "0:8080", path: "local" },
    { host: "[::]:8080", path: "local" },
    { host: "127.9.9.9", path: "local" },
    { host: "0.0.0.1", path: "hosted" },
    { host: "localhost.example", path: "hosted" },
    { host: "127.0.0.1.example", path: "hosted" },
  ]
) {
  Deno.test(`chooseModel() takes ${host} for ${path}`, () => {
    const { info } = chooseModel("openai-compatible:m", {
      baseUrl: `http://${host}/v1`,
    });
    assertEquals(info.execution_path, path);
  });
}
