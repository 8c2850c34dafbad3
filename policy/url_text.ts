/** The longest URL that is judged, in UTF-16 code units. */
export const MAX_URL_LENGTH = 2048;

/**
 * Parses a URL as the WHATWG URL Standard says (https://url.spec.whatwg.org).
 * The rules judge what comes out, and it is what a tool fetches.
 */
export function parseUrl(text: string): URL | undefined {
  if (text.length > MAX_URL_LENGTH) return undefined;
  return URL.parse(text) ?? undefined;
}

/** Whether a canonical host is an address rather than a name. */
export function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
}

/** The port of an `http:` or `https:` URL, which a URL leaves out when it is the scheme's own. */
export function portOf(
  { protocol, port }: Pick<URL, "protocol" | "port">,
): string {
  return port || (protocol === "http:" ? "80" : "443");
}
