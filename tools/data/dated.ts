/**
 * Gives a response that asks to be tried again later the `date` of its arrival
 * when it has none, as RFC 9110 (section 6.6.1) has a recipient with a clock do;
 * every other is returned as it is. `now` is in milliseconds since 1970.
 */
export function dated(response: Response, now: number): Response {
  const { status, statusText, headers } = response;
  if (!headers.has("retry-after") || headers.has("date")) return response;
  const complete = new Headers(headers);
  complete.set("date", new Date(now).toUTCString());
  return new Response(response.body, { status, statusText, headers: complete });
}
