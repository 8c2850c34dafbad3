/**
 * Serves a local model in the wire format of OpenAI's chat completions, on
 * 127.0.0.1 only:
 *
 * - `POST /v1/chat/completions`, without streaming;
 * - `GET /v1/models`, which answers once the model is loaded.
 *
 * It prints its port as one line of JSON, `{"port":…}`. The same request gives
 * the same bytes, so `created` is 0 and identifiers come from the request.
 *
 * Tests start it with `startModel()`. By hand, after `deno task test:model` has
 * installed the packages:
 *
 * ```sh
 * cd tests/model
 * deno run --allow-write=.cache make_gguf.ts .cache/model.gguf
 * deno run --allow-read --allow-run --allow-net=127.0.0.1 server.ts \
 *   --packages="$PWD/.cache/llama/node_modules" --model=.cache/model.gguf
 * ```
 *
 * @module
 */
import { hash } from "node:crypto";
import { z } from "../../deps.ts";
import { parseArgs } from "../../cli/command/parse_args.ts";
import { grammarOf, promptOf, spokenOf } from "./chat_form.ts";
import { type ChatRequest, chatRequest } from "./chat_request.ts";
import type { Completion } from "./llama_runtime.ts";
import { type RuntimeProcess, runtimeProcess } from "./runtime_process.ts";

/** The name of the model; another one does not exist. */
const MODEL = "random-bytes";

const MAX_TOKENS = 512;

type Written = Exclude<Completion, { readonly refused: string }>;

/** Answers one HTTP request. */
async function respond(
  request: Request,
  runtime: RuntimeProcess,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  switch (`${request.method} ${pathname}`) {
    case "GET /v1/models":
      return Response.json({
        object: "list",
        data: [{ id: MODEL, object: "model", created: 0, owned_by: "tests" }],
      });
    case "POST /v1/chat/completions":
      return await chatCompletion(await request.text(), runtime);
    default:
      return refusal(404, "not_found", `Nothing is at ${pathname}`);
  }
}

async function chatCompletion(
  body: string,
  runtime: RuntimeProcess,
): Promise<Response> {
  const judged = judgeRequest(body);
  if (judged instanceof Response) return judged;
  const { request, grammar } = judged;
  const completion = await runtime.complete({
    prompt: promptOf(request),
    grammar,
    seed: request.seed,
    temperature: request.temperature,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ??
      MAX_TOKENS,
  });
  if ("refused" in completion) {
    return refusal(400, completion.refused, completion.message);
  }
  const id = hash("sha256", body).slice(0, 24);
  return Response.json(responseBody(completion, id));
}

function judgeRequest(
  body: string,
): { readonly request: ChatRequest; readonly grammar: string } | Response {
  try {
    const request = chatRequest.parse(JSON.parse(body));
    if (request.model !== MODEL) {
      const message = `The model "${request.model}" does not exist`;
      return refusal(404, "model_not_found", message);
    }
    return { request, grammar: grammarOf(request) };
  } catch (error) {
    if (error instanceof z.core.$ZodError) {
      return refusal(400, "invalid_request", z.prettifyError(error));
    }
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return refusal(400, "invalid_request", error.message);
    }
    throw error;
  }
}

function responseBody(written: Written, id: string) {
  const { text, cut, promptTokens, completionTokens } = written;
  const spoken = spokenOf(text);
  const message = "call" in spoken
    ? {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: `call_${id}`, type: "function", function: spoken.call },
      ],
    }
    : { role: "assistant", content: spoken.content };
  return {
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    created: 0,
    model: MODEL,
    choices: [{
      index: 0,
      message,
      logprobs: null,
      finish_reason: cut ? "length" : "call" in spoken ? "tool_calls" : "stop",
    }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

function refusal(status: number, code: string, message: string): Response {
  const error = { message, type: "invalid_request_error", param: null, code };
  return Response.json({ error }, { status });
}

/** Ends this process with the one that started it: standard input then ends. */
async function endWithStdin(): Promise<never> {
  for await (const _ of Deno.stdin.readable);
  Deno.exit(0);
}

if (import.meta.main) {
  const { packages, model, port, ...other } = parseArgs(Deno.args, {
    string: ["packages", "model", "port"],
    boolean: ["until-stdin-ends"],
    collect: [],
    unknown(argument) {
      throw new TypeError(`Cannot read "${argument}": no such option`);
    },
  });
  if (typeof packages !== "string" || typeof model !== "string") {
    throw new TypeError("Cannot serve: give --packages and --model");
  }
  const runtime = await runtimeProcess(packages, model);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: Number(port ?? 0),
    onListen() {},
  }, (request) => respond(request, runtime));
  console.log(JSON.stringify({ port: server.addr.port }));
  if (other["until-stdin-ends"] === true) await endWithStdin();
}
