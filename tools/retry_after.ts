import { z } from "../deps.ts";

/** A run never waits longer than this for a server. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * How long a server asks to wait, in milliseconds from 0 to 60,000; `undefined`
 * when its headers (names in lower case) do not say, or cannot be understood.
 * `retry-after-ms` goes before `retry-after`. A date counts from the server's
 * own `date`, so that its clock and ours need not agree; `dated` adds one that
 * is missing.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
): number | undefined {
  const { "retry-after-ms": exact, "retry-after": after, date } = headers;
  const ms = decimal(exact) ?? seconds(after) ?? until(after, date);
  return boundedWait(ms);
}

/**
 * How long a server asks to wait in the body of an error, as `google.rpc.RetryInfo`
 * says it in JSON: `"retryDelay": "2.5s"` in one of the error's details.
 */
export function retryInfoMs(body: string | undefined): number | undefined {
  const parsed = errorBody.safeParse(json(body));
  if (!parsed.success) return undefined;
  const [{ error } = { error: { details: [] } }] = [parsed.data].flat();
  for (const detail of error.details) {
    const info = retryInfo.safeParse(detail);
    if (info.success) {
      return boundedWait(seconds(info.data.retryDelay.slice(0, -1)));
    }
  }
}

/** A wait in whole milliseconds from 0 to 60,000; `undefined` for an invalid one. */
export function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms)
    ? undefined
    : Math.round(Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS));
}

const withDetails = z.looseObject({
  error: z.looseObject({ details: z.array(z.unknown()) }),
});

/** Google's servers sometimes put the error into a list. */
const errorBody = z.union([withDetails, z.array(withDetails)]);

const retryInfo = z.looseObject({
  "@type": z.literal("type.googleapis.com/google.rpc.RetryInfo"),
  retryDelay: z.string().check(z.regex(/^\d+(\.\d+)?s$/)),
});

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function seconds(text: string | undefined): number | undefined {
  const number = decimal(text);
  return number === undefined ? undefined : number * 1000;
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text)
    ? Number(text)
    : undefined;
}

function until(
  then: string | undefined,
  now: string | undefined,
): number | undefined {
  const ms = httpDate(then) - httpDate(now);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `Date.parse` accepts far more than the dates of HTTP. */
function httpDate(text: string | undefined): number {
  return text !== undefined &&
      /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/.test(text)
    ? Date.parse(text)
    : NaN;
}
