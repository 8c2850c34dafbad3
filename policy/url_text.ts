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

/** Why a text may not name a URL, by how it is spelled: readers differ in what they repair. */
export function refusalOfSpelling(text: string): string | undefined {
  if (text.length > MAX_URL_LENGTH) {
    return `the URL is longer than ${MAX_URL_LENGTH} characters`;
  }
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f]/.test(text)) {
    return "the URL has a space or a control character";
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0];
  if (scheme === undefined) return "the URL has no scheme";
  if (!/^https?:$/i.test(scheme)) return `the scheme ${scheme} is not allowed`;
  if (text.includes("\\")) return "the URL has a backslash";
  const authority = authorityOf(text);
  if (authority === "") return "the URL has no authority";
  if (authority.includes("@")) return "the URL has userinfo";
}

/** Whether a text spells the host of a URL as it is. `%2e`, a soft hyphen, a Kelvin sign and an octal number are other spellings. */
export function spellsHost(text: string, hostname: string): boolean {
  const spelled = authorityOf(text).replace(/:\d*$/, "");
  return /^[\x21-\x7e]*$/.test(spelled) && spelled.toLowerCase() === hostname;
}

/** What stands between `//` and the path, as it is spelled. */
function authorityOf(text: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
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
