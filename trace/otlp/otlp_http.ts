import { z } from "../../deps.ts";
import { refusalIn } from "../../runtime/attempt/causes.ts";
import { joinedBytes } from "../../tools/data/joined_bytes.ts";
import { retryAfterMs } from "../../tools/retry_after.ts";
import type { OtlpBody } from "./otlp_encoding.ts";
import { JSON_ENCODING } from "./otlp_json.ts";
import { PROTOBUF_ENCODING } from "./otlp_protobuf.ts";
import type { OtlpSettings } from "./otlp_settings.ts";
import { rejectedIn } from "./protobuf_answer.ts";

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

/** Sends one `ExportTraceServiceRequest`, as JSON or as protobuf. It never rejects. */
export type SendSpans = (
  request: OtlpBody,
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

/** How much of a collector's answer is read, in bytes. */
const MAX_ANSWER = 65_536;

/**
 * Sends spans over OTLP/HTTP, texts as JSON and bytes as protobuf, as the OpenTelemetry Protocol
 * specification 1.x has it: a partial success is a success, 429, 502, 503 and 504
 * may be tried again. No redirect is followed, since headers and spans are meant
 * for one server, and no message shows either.
 */
export function otlpHttp(
  { url, headers }: Pick<OtlpSettings, "url" | "headers">,
  request: OtlpFetch,
): SendSpans {
  return async (body, signal) => {
    const { contentType } = typeof body === "string"
      ? JSON_ENCODING
      : PROTOBUF_ENCODING;
    try {
      const response = await request(url, {
        method: "POST",
        headers: { ...headers, "content-type": contentType },
        redirect: "manual",
        body,
        signal,
      });
      return exported(response, await bytesOf(response));
    } catch (error) {
      return failed(error);
    }
  };
}

function exported(
  { status, headers }: Response,
  answer: Uint8Array,
): Exported {
  if (status >= 200 && status < 300) {
    const isProtobuf = headers.get("content-type")
      ?.startsWith(PROTOBUF_ENCODING.contentType) === true;
    const rejected = isProtobuf
      ? rejectedIn(answer)
      : rejectedSpans(new TextDecoder().decode(answer));
    return { type: "accepted", rejected };
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
async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    parts.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER) break;
  }
  return joinedBytes(parts);
}
