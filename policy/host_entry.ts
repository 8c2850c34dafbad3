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
 * @throws {RangeError} when it is another text, or not in its canonical form;
 *   it says what was probably meant
 */
export function parseHostEntry(entry: string): HostEntry {
  const [, http, star, host = "", port] =
    /^(http:\/\/)?(\*\.)?([^:/?#@\s\\]+|\[[0-9a-f:]+\])(?::([1-9]\d*))?$/
      .exec(entry) ?? [];
  const scheme = http === undefined ? "https:" : "http:";
  const parsed = hostEntry({
    scheme,
    host,
    port,
    wildcard: star !== undefined,
  });
  if (parsed === undefined) {
    throw new RangeError(
      `"${entry}" is not a host, *.host, host:port or http://host[:port]${
        suggestion(entry)
      }`,
    );
  }
  if (parsed.host !== host) {
    throw new RangeError(
      `"${entry}" is not in canonical form; write "${spelled(parsed)}"`,
    );
  }
  return parsed;
}

/** The canonical entry that its parts make up, if an entry of them can ever match. */
function hostEntry(
  { scheme, host, wildcard, port }:
    & Omit<HostEntry, "port">
    & { readonly port: string | undefined },
): HostEntry | undefined {
  const text = `${scheme}//${host}${port === undefined ? "" : `:${port}`}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || !isHost(url.hostname, wildcard)
    ? undefined
    : { scheme, host: url.hostname, wildcard, port: url.port };
}

function spelled({ scheme, host, wildcard, port }: HostEntry): string {
  const prefix = scheme === "http:" ? "http://" : "";
  const suffix = port === "" ? "" : `:${port}`;
  return `${prefix}${wildcard ? "*." : ""}${host}${suffix}`;
}

/** A URL, an e-mail address, or a host with dots and stars in the wrong places. */
const ALMOST_AN_ENTRY =
  /^(?:(https?):(?:\/\/)?|\/\/)?(?:[^/?#@\s]*@)?([*.]*)([^:/?#@[\s\\]+?|\[[0-9a-f:]+\])\.?(?::(\d+))?(?:[/?#].*)?$/i;

/** Suggests the entry that a refused text was probably meant to be, as the end of a sentence. */
function suggestion(entry: string): string {
  const [, http = "https", stars = "", host = "", port] =
    ALMOST_AN_ENTRY.exec(entry.trim()) ?? [];
  const scheme = http.toLowerCase() === "http" ? "http:" : "https:";
  const meant = (wildcard: boolean) => {
    const parsed = hostEntry({ scheme, host, port, wildcard });
    return parsed && `"${spelled(parsed)}"`;
  };
  const [itself, below] = [meant(false), meant(true)];
  if (itself === undefined) return "";
  if (stars === "" || below === undefined) return `; write ${itself}`;
  return stars === "*."
    ? `; write ${below}`
    : `; write ${itself}, and ${below} for the hosts below it`;
}

/** Whether an entry for the host can ever match; no host is below an address. */
function isHost(host: string, wildcard: boolean): boolean {
  return isAddress(host)
    ? !wildcard
    : /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
}

/** Whether a host, in canonical form, is one that an entry names. */
export function namesHost(
  { host, wildcard }: HostEntry,
  hostname: string,
): boolean {
  if (!wildcard) return hostname === host;
  const labels = hostname.slice(0, -host.length);
  return hostname.endsWith(host) && /^([a-z0-9_-]+\.)+$/.test(labels);
}
