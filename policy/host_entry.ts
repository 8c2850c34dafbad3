import { isAddress } from "./url_text.ts";

/** One line of the URL allowlist, taken apart. */
export interface HostEntry {
  readonly scheme: "https:" | "http:";
  /** Canonical host: lower case, punycode; without the `*.` of a wildcard. */
  readonly host: string;
  /** True for `*.host`: one or more labels before it, never the host itself. */
  readonly wildcard: boolean;
  /** Empty for the default port of the scheme, as in `URL.port`. */
  readonly port: string;
}

/**
 * Parses `host`, `*.host`, `host:port` or `http://host[:port]`.
 *
 * @throws {RangeError} when it is none of these, or not in its canonical form
 */
export function parseHostEntry(entry: string): HostEntry {
  const [, http, star, host = "", port] =
    /^(http:\/\/)?(\*\.)?([^:/?#@\s\\]+|\[[0-9a-f:]+\])(?::([1-9]\d*))?$/
      .exec(entry) ?? [];
  const scheme = http === undefined ? "https:" : "http:";
  const text = `${scheme}//${host}${port === undefined ? "" : `:${port}`}/`;
  const wildcard = star !== undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isHost(url.hostname, wildcard)) {
    throw new RangeError(
      `"${entry}" is not a host, *.host, host:port or http://host[:port]`,
    );
  }
  if (url.hostname !== host) {
    throw new RangeError(
      `"${entry}" is not in canonical form; write "${url.hostname}"`,
    );
  }
  return { scheme, host, wildcard, port: url.port };
}

/** Whether an entry for the host can ever match; no host is below an address. */
function isHost(host: string, wildcard: boolean): boolean {
  return isAddress(host)
    ? !wildcard
    : /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
}
