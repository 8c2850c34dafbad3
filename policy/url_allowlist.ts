import { type HostEntry, parseHostEntry } from "./host_entry.ts";
import { argumentsNamed, type Opinion, type Rule } from "./rule.ts";

const MAX_URL_LENGTH = 2048;

/** Denies a call that would fetch from a host which is not listed. */
export function urlAllowlist(entries: readonly string[]): Rule {
  const hosts = entries.map(parseHostEntry);
  return {
    id: "url_allowlist",
    opinion({ name, tool, args }) {
      let allowed: Opinion | undefined;
      for (
        const { value } of argumentsNamed(tool?.effects.fetches ?? [], args)
      ) {
        const judged = judgeUrl(value, hosts);
        const metadata = { tool: name, url: judged.url, host: judged.host };
        if (judged.refusal !== undefined) {
          return { effect: "deny", reason: judged.refusal, metadata };
        }
        allowed ??= { effect: "allow", metadata };
      }
      return allowed;
    },
  };
}

interface JudgedUrl {
  readonly url: string;
  /** Canonical; empty when the text does not parse. */
  readonly host: string;
  readonly refusal?: string | undefined;
}

/**
 * Looks at the raw text first, since a URL parser repairs what other readers
 * take literally; then at what the WHATWG URL parser makes of it.
 */
function judgeUrl(value: unknown, hosts: readonly HostEntry[]): JudgedUrl {
  if (typeof value !== "string") {
    return { url: typeof value, host: "", refusal: "the URL is not a string" };
  }
  const url = value.slice(0, MAX_URL_LENGTH).toWellFormed();
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  const host = parsed?.hostname ?? "";
  const refusal = refusalOfText(value) ??
    (parsed === undefined
      ? "the URL cannot be parsed"
      : refusalOfUrl(parsed, value, hosts));
  return { url, host, refusal };
}

function refusalOfText(text: string): string | undefined {
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

/** What stands between `//` and the path, as it is spelled. */
function authorityOf(text: string): string {
  return /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
}

function refusalOfUrl(
  url: URL,
  text: string,
  hosts: readonly HostEntry[],
): string | undefined {
  const known = hosts.filter((entry) => isHost(url.hostname, entry));
  if (known.length === 0) {
    return isAddress(url.hostname)
      ? `the address ${url.hostname} is not listed`
      : `the host "${url.hostname}" is not listed`;
  }
  // `%2e`, a soft hyphen, a Kelvin sign or an octal is no way to spell a host.
  const spelled = authorityOf(text).replace(/:\d*$/, "");
  if (
    !/^[\x21-\x7e]*$/.test(spelled) || spelled.toLowerCase() !== url.hostname
  ) {
    return `the host "${url.hostname}" is not in canonical form`;
  }
  if (!known.some((entry) => entry.scheme === url.protocol)) {
    return `the scheme ${url.protocol} is not listed for "${url.hostname}"`;
  }
  const listed = known.some((entry) =>
    entry.scheme === url.protocol && entry.port === url.port
  );
  if (!listed) {
    return `the port ${
      url.port || "of the scheme"
    } is not listed for "${url.hostname}"`;
  }
}

function isHost(hostname: string, { host, wildcard }: HostEntry): boolean {
  if (!wildcard) return hostname === host;
  const labels = hostname.slice(0, -host.length);
  return hostname.endsWith(host) && /^([a-z0-9_-]+\.)+$/.test(labels);
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
}
