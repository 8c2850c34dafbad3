import { ModelError } from "../../attempt/model_error.ts";
import { answeredError } from "./answered_error.ts";
import { withPlainCalls } from "./chat_calls.ts";
import { assembledAnswer, isEventStream } from "./chat_stream.ts";
import { fieldsOf, jsonOf } from "./fields.ts";
import type { PackageFetch } from "./model_fetch.ts";

/**
 * Gives a provider package answers that it can read: white space in front of one
 * is taken away, and an error that came with a status of success gets the status
 * that it should have had. With `chat`, an answer of Chat Completions that was
 * streamed is put together, and its calls get their usual form.
 *
 * It throws a `ModelError` that is tried again when an answer is empty or its
 * stream broke off.
 */
export function readableAnswers(
  send: PackageFetch,
  { chat }: { readonly chat: boolean },
): PackageFetch {
  return async (input, init) => {
    const response = await send(input, init);
    if (!response.ok) return response;
    const text = (await response.text()).replace(/^\ufeff/, "").trim();
    if (text === "") {
      throw new ModelError("Cannot read the answer: it is empty", {
        type: "empty_response",
        transient: true,
      });
    }
    const streamed = chat && isEventStream(text);
    const body = streamed ? assembledAnswer(text) : jsonOf(text);
    const { status, headers } = response;
    const failed = answeredError(body);
    if (failed !== undefined) {
      return Response.json(failed.body, {
        status: failed.status,
        headers: withoutForm(headers),
      });
    }
    const fields = chat ? fieldsOf(body) : undefined;
    const written = fields === undefined
      ? text
      : fields.choices === undefined
      ? text
      : JSON.stringify(withPlainCalls(fields));
    return new Response(written, {
      status: status === 204 || status === 205 ? 200 : status,
      headers: { ...withoutForm(headers), "content-type": "application/json" },
    });
  };
}

/** Headers without those of a body that is another one now. */
function withoutForm(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) =>
      !/^(content-(type|length|encoding)|transfer-encoding)$/i.test(name)
    ),
  );
}
