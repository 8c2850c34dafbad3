/** No server makes a run wait longer than this. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * How long a server asks to wait, in milliseconds from 0 to 60,000; `undefined`
 * when its headers (names in lower case) do not say, or say what cannot be
 * understood. `retry-after-ms` goes before `retry-after`. A date counts from the
 * server's own `date`, so that its clock and ours need not agree.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
): number | undefined {
  const { "retry-after-ms": exact, "retry-after": after, date } = headers;
  const ms = decimal(exact) ?? seconds(after) ?? until(after, date);
  return ms === undefined
    ? undefined
    : Math.round(Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS));
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

/** `Date.parse` takes far more for a date than HTTP does. */
function httpDate(text: string | undefined): number {
  return text !== undefined &&
      /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/.test(text)
    ? Date.parse(text)
    : NaN;
}
