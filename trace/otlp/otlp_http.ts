import { z } from "../../deps.ts";
import { refusalIn } from "../../runtime/attempt/causes.ts";
import { retryAfterMs } from "../../tools/retry_after.ts";
import type { OtlpSettings } from "./otlp_settings.ts";

/** The result of one export request. */
export type Exported =
  | {
    readonly type: "accepted";
    /** Spans that the collector rejected. */
    readonly rejected: number;
  }
  | {
    /** The connection failed, or the answer did not come in time. */
    readonly type: "unreachable";
    readonly reason: string;
  }
  | {
    /** The collector says that a later try may succeed. */
    readonly type: "busy";
    readonly reason: string;
    /** The wait that it asks for, in milliseconds; `undefined` when it does not say. */
    readonly afterMs: number | undefined;
  }
  | {
    /** The same request would fail again. */
    readonly type: "refused";
    readonly reason: string;
  };

/** Sends the text of one `ExportTraceServiceRequest`. It never rejects. */
export type SendSpans = (
  request: string,
  signal: AbortSignal,
) => Promise<Exported>;

/** The network, as far as it is needed; it should have its own time limit. */
export type OtlpFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Statuses that OTLP lets a client try again. */
const BUSY = new Set([429, 502, 503, 504]);

/** Why the answer to a request was not waited for, by the name of what aborted it. */
const LEFT: ReadonlyMap<string, string> = new Map([
  ["TimeoutError", "there was no answer in time"],
  ["AbortError", "the wait for the answer was abandoned"],
]);

/** How much of a collector's answer is read, in characters. */
const MAX_ANSWER = 65_536;

/**
 * Sends spans over OTLP/HTTP with JSON, as the OpenTelemetry Protocol
 * specification 1.x has it: a partial success is a success, 429, 502, 503 and 504
 * may be tried again. No redirect is followed, since headers and spans are meant
 * for one server, and no message shows either.
 */
export function otlpHttp(
  { url, headers }: Pick<OtlpSettings, "url" | "headers">,
  request: OtlpFetch,
): SendSpans {
  return async (body, signal) => {
    try {
      const response = await request(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        redirect: "manual",
        body,
        signal,
      });
      return exported(response, await textOf(response));
    } catch (error) {
      return failed(error);
    }
  };
}

function exported({ status, headers }: Response, text: string): Exported {
  if (status >= 200 && status < 300) {
    return { type: "accepted", rejected: rejectedSpans(text) };
  }
  const reason = `the collector answered ${status}`;
  return BUSY.has(status)
    ? {
      type: "busy",
      reason,
      afterMs: retryAfterMs(Object.fromEntries(headers)),
    }
    : { type: "refused", reason };
}

function failed(error: unknown): Exported {
  if (refusalIn(error) !== undefined) {
    return {
      type: "refused",
      reason: "the process has no permission for this (--allow-net)",
    };
  }
  const name = error instanceof Error ? error.name : "";
  return {
    type: "unreachable",
    reason: LEFT.get(name) ?? "the connection failed",
  };
}

/** An `ExportTraceServiceResponse`; 64-bit integers are decimal strings. */
const exportResponse = z.looseObject({
  partialSuccess: z.looseObject({
    rejectedSpans: z.union([
      z.int().check(z.minimum(0)),
      z.string().check(z.regex(/^\d+$/)),
    ]),
  }),
});

function rejectedSpans(text: string): number {
  try {
    const parsed = exportResponse.safeParse(JSON.parse(text));
    return parsed.success
      ? Number(parsed.data.partialSuccess.rejectedSpans)
      : 0;
  } catch {
    // Collectors may also answer with an empty body.
    return 0;
  }
}

/** The beginning of an answer, without waiting for the rest. */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) break;
  }
  return text;
}
