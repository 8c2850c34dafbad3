/**
 * Checks of the served model. The name keeps `deno test` from finding them,
 * since they need a native package: `deno task test:model` names this file.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { hash } from "node:crypto";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { z } from "../../deps.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import { PROJECT } from "../program.ts";
import { installed } from "./install.ts";
import { makeGguf } from "./make_gguf.ts";
import { type ServedModel, startModel } from "./start.ts";

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

const text = z.string();
const count = z.int().check(z.minimum(1));

/** The wire format, strict: what is not named here must not come. */
const chatCompletion = z.strictObject({
  id: text.check(z.startsWith("chatcmpl-")),
  object: z.literal("chat.completion"),
  created: z.int(),
  model: z.literal("random-bytes"),
  choices: z.tuple([
    z.strictObject({
      index: z.literal(0),
      message: z.strictObject({
        role: z.literal("assistant"),
        content: z.nullable(text),
        tool_calls: z.optional(z.tuple([
          z.strictObject({
            id: text.check(z.startsWith("call_")),
            type: z.literal("function"),
            function: z.strictObject({ name: text, arguments: text }),
          }),
        ])),
      }),
      logprobs: z.null(),
      finish_reason: z.enum(["stop", "length", "tool_calls"]),
    }),
  ]),
  usage: z.strictObject({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
  }),
});

const refused = z.strictObject({
  error: z.strictObject({
    message: text,
    type: z.literal("invalid_request_error"),
    param: z.null(),
    code: text,
  }),
});

interface OfferedTool {
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The five tools of the runtime; here they are only described, never run. */
const TOOLS: readonly OfferedTool[] = standardTools({
  documents: [],
  fetch: () => Promise.reject(new Error("Cannot fetch: no tool is run here")),
  sandbox: directorySandbox(PROJECT),
}).map(({ name, args }) => ({
  name,
  parameters: args["~standard"].jsonSchema.input({ target: "draft-2020-12" }),
}));

const QUESTION = { role: "user", content: "Which valve is shut?" };

type Body = Readonly<Record<string, unknown>>;

function body(more: Body, tools: readonly OfferedTool[] = TOOLS): Body {
  return {
    model: "random-bytes",
    messages: [QUESTION],
    tools: tools.map((each) => ({ type: "function", function: each })),
    ...more,
  };
}

const found = await installed();
const missing = "missing" in found ? found.missing : undefined;
if (missing !== undefined) {
  console.error(`The model is not there, so nothing is tested: ${missing}`);
}

let served: ServedModel | undefined;

Deno.test.beforeAll(async () => {
  if ("missing" in found) return;
  const start = performance.now();
  served = await startModel(found.packages);
  report("from start to ready", performance.now() - start);
});

Deno.test.afterAll(() => served?.stop());

/** A test against the server; ignored, and its name says why, where there is none. */
function modelTest(
  name: string,
  check: (model: ServedModel) => Promise<void>,
): void {
  Deno.test({
    name: missing === undefined ? name : `${name} [${missing}]`,
    ignore: missing !== undefined,
    async fn() {
      if (served === undefined) throw new Error("Cannot test: no server");
      await check(served);
    },
  });
}

function report(what: string, ms: number): void {
  console.log(`${what}: ${ms.toFixed(0)} ms`);
}

function post({ url }: ServedModel, body: unknown): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The one choice of a sound response, whose figures agree. */
async function choice(model: ServedModel, body: Body) {
  const response = await post(model, body);
  const received = await response.text();
  assertEquals(response.status, 200, received);
  const { choices: [only], usage } = chatCompletion.parse(JSON.parse(received));
  const { message, finish_reason } = only;
  assertEquals(
    usage.total_tokens,
    usage.prompt_tokens + usage.completion_tokens,
  );
  const calls = message.tool_calls !== undefined;
  assertEquals(calls, message.content === null);
  if (finish_reason !== "length") {
    assertEquals(finish_reason, calls ? "tool_calls" : "stop");
  }
  return {
    finish_reason,
    usage,
    content: message.content,
    call: message.tool_calls?.[0].function,
  };
}

/** Asserts that a call has a tool that is offered and arguments of its schema. */
function assertSoundCall(
  { name, arguments: args }: { name: string; arguments: string },
  tools: readonly OfferedTool[] = TOOLS,
): void {
  const schema = tools.find((tool) => tool.name === name)?.parameters;
  if (schema === undefined) throw new Error(`${name} is not offered`);
  const ajv = new Ajv2020();
  assert(
    ajv.validate(schema, JSON.parse(args)),
    `${args}: ${ajv.errorsText()}`,
  );
}

const MODEL_SHA256 =
  "37806c94f63fd062dc3916f3c85c9b99a1ca1173adefdbbfde23481614a66f1e";

Deno.test("makeGguf() gives the same bytes on every machine", () => {
  assertEquals(hash("sha256", makeGguf()), MODEL_SHA256);
  assertNotEquals(hash("sha256", makeGguf(8)), MODEL_SHA256);
});

modelTest("GET /v1/models names the model", async ({ url }) => {
  const response = await fetch(`${url}/models`);
  assertEquals(await response.json(), {
    object: "list",
    data: [{
      id: "random-bytes",
      object: "model",
      created: 0,
      owned_by: "tests",
    }],
  });
});

modelTest("20 seeds give 20 sound and different answers", async (model) => {
  const said = new Set<string>();
  const tools = new Set<string>();
  const times: number[] = [];
  let answers = 0;
  for (const seed of SEEDS) {
    const start = performance.now();
    const { call, content } = await choice(model, body({ seed }));
    times.push(performance.now() - start);
    said.add(JSON.stringify(call ?? content));
    if (call === undefined) answers++;
    else {
      assertSoundCall(call);
      tools.add(call.name);
    }
  }
  times.sort((a, b) => a - b);
  report("median of 20 requests", times[10] ?? NaN);
  report("slowest of 20 requests", times[19] ?? NaN);
  console.log(`${answers} answers, calls of ${[...tools].sort().join(", ")}`);
  assertEquals(said.size, SEEDS.length);
  assert(answers > 0 && tools.size > 1);
});

modelTest("the same seed gives the same bytes", async (model) => {
  const ask = async (seed: number) =>
    await (await post(model, body({ seed }))).text();
  const first: string[] = [];
  for (const seed of SEEDS.slice(0, 5)) first.push(await ask(seed));
  // All at once, so that they wait for one another.
  assertEquals(await Promise.all(SEEDS.slice(0, 5).map(ask)), first);
});

modelTest("another process says the same", async (model) => {
  if ("missing" in found) return;
  await using other = await startModel(found.packages);
  for (const seed of SEEDS.slice(0, 5)) {
    const request = body({ seed });
    assertEquals(
      await (await post(other, request)).text(),
      await (await post(model, request)).text(),
    );
  }
});

modelTest("the conversation changes what is said", async (model) => {
  const asked = (messages: readonly unknown[]) =>
    choice(model, body({ seed: 1, messages }));
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "read", arguments: '{"path":"a.md"}' },
  };
  const first = await asked([QUESTION]);
  const second = await asked([
    { role: "system", content: [{ type: "text", text: "Be brief" }] },
    QUESTION,
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: "Valve 7" },
  ]);
  assert(second.usage.prompt_tokens > first.usage.prompt_tokens);
  assertNotEquals(second.call ?? second.content, first.call ?? first.content);
});

modelTest("max_tokens cuts arguments off in the middle", async (model) => {
  const request = { seed: 3, tool_choice: "required" };
  const whole = await choice(model, body(request));
  const cut = await choice(
    model,
    body({ ...request, max_tokens: whole.usage.completion_tokens - 4 }),
  );
  assertEquals(cut.finish_reason, "length");
  assertEquals(cut.call?.name, whole.call?.name);
  const broken = cut.call?.arguments ?? "";
  assert(broken !== "" && whole.call?.arguments.startsWith(broken));
  assertNotEquals(broken, whole.call?.arguments);
});

modelTest("max_tokens cuts the name of a tool off", async (model) => {
  const { content, finish_reason, usage } = await choice(
    model,
    body({ tool_choice: "required", max_completion_tokens: 10 }),
  );
  assertEquals(finish_reason, "length");
  assertEquals(usage.completion_tokens, 10);
  assertEquals(content?.slice(0, 9), '{"tool":"');
});

modelTest("a limit that is just enough cuts nothing", async (model) => {
  const whole = await choice(model, body({ seed: 4 }));
  const limited = body({ seed: 4, max_tokens: whole.usage.completion_tokens });
  assertEquals(await choice(model, limited), whole);
});

modelTest("tool_choice is followed", async (model) => {
  for (const seed of SEEDS.slice(0, 5)) {
    const none = await choice(model, body({ seed, tool_choice: "none" }));
    assertEquals(none.call, undefined);
    const named = await choice(
      model,
      body({
        seed,
        tool_choice: { type: "function", function: { name: "write" } },
      }),
    );
    assertEquals(named.call?.name, "write");
  }
  const { call } = await choice(model, body({ tools: [] }));
  assertEquals(call, undefined);
});

modelTest("temperature 0 needs no seed", async (model) => {
  const cold = (seed: number) => choice(model, body({ seed, temperature: 0 }));
  assertEquals(await cold(1), await cold(2));
});

for (
  const { what, parameters } of [
    {
      what: "constants, enums and escapes",
      parameters: {
        properties: { a: { const: 'say "\\"' }, b: { enum: ["é\n", 7, null] } },
        required: ["a", "b"],
      },
    },
    {
      what: "numbers within bounds",
      parameters: {
        properties: {
          any: { type: "integer" },
          positive: { type: "number", exclusiveMinimum: 0.5 },
          below: { type: "integer", maximum: -100 },
          few: { type: "integer", minimum: 8, maximum: 9 },
        },
        required: ["any", "positive", "below", "few"],
      },
    },
    {
      what: "lists",
      parameters: {
        properties: {
          many: { type: "array", items: { type: "boolean" }, minItems: 4 },
          one: { type: "array", items: { type: "null" }, maxItems: 1 },
          none: { type: "array", items: { type: "null" }, maxItems: 0 },
          some: { type: "array", items: { type: "string", minLength: 30 } },
        },
        required: ["many", "one", "none", "some"],
      },
    },
    {
      what: "properties that may be left out",
      parameters: {
        properties: {
          a: { type: "string", maxLength: 2 },
          b: { anyOf: [{ type: "null" }, { type: "boolean" }] },
          c: { type: "object", properties: {}, additionalProperties: false },
        },
      },
    },
    {
      what: "objects inside objects",
      parameters: {
        properties: {
          inner: {
            oneOf: [
              {
                type: "object",
                properties: { kind: { const: "x" } },
                required: ["kind"],
              },
              {
                type: "object",
                properties: { kind: { const: "y" }, n: { type: "integer" } },
                required: ["n"],
              },
            ],
          },
        },
        required: ["inner"],
      },
    },
  ]
) {
  modelTest(`arguments follow a schema with ${what}`, async (model) => {
    const tools = [{
      name: "it",
      parameters: {
        type: "object",
        ...parameters,
        additionalProperties: false,
      },
    }];
    for (const seed of SEEDS.slice(0, 8)) {
      const request = body({ seed, tool_choice: "required" }, tools);
      const { call } = await choice(model, request);
      if (call === undefined) {
        throw new Error("No call, though one is required");
      }
      assertSoundCall(call, tools);
    }
  });
}

for (
  const { what, request, status, code, says } of [
    {
      what: "text that is not JSON",
      request: "{",
      status: 400,
      code: "invalid_request",
      says: "JSON",
    },
    {
      what: "another model",
      request: body({ model: "gpt" }),
      status: 404,
      code: "model_not_found",
      says: '"gpt"',
    },
    {
      what: "streaming",
      request: body({ stream: true }),
      status: 400,
      code: "invalid_request",
      says: "stream",
    },
    {
      what: "a schema that it would not follow",
      request: body({}, [{
        name: "it",
        parameters: {
          type: "object",
          properties: { a: { type: "string", pattern: "^a" } },
        },
      }]),
      status: 400,
      code: "invalid_request",
      says: "pattern",
    },
    {
      what: "a tool that is not offered",
      request: body({
        tool_choice: { type: "function", function: { name: "shell" } },
      }),
      status: 400,
      code: "invalid_request",
      says: "shell",
    },
    {
      what: "a conversation that is too long",
      request: body({
        messages: [{ role: "user", content: "long ".repeat(4000) }],
      }),
      status: 400,
      code: "context_length_exceeded",
      says: "16384",
    },
  ]
) {
  modelTest(`${what} is refused`, async (model) => {
    const response = await post(model, request);
    assertEquals(response.status, status);
    const { error } = refused.parse(await response.json());
    assertEquals(error.code, code);
    assert(error.message.includes(says), error.message);
  });
}

modelTest("a long conversation fits", async (model) => {
  const start = performance.now();
  const { usage } = await choice(
    model,
    body({ messages: [{ role: "user", content: "long ".repeat(1600) }] }),
  );
  report(
    `a prompt of ${usage.prompt_tokens} tokens`,
    performance.now() - start,
  );
});
