import type { Facts } from "../facts.ts";
import { type HostEntry, parseHostEntry } from "../host_entry.ts";
import type { Opinion, Rule } from "../rule.ts";
import { argumentsNamed } from "../arguments.ts";
import { isAddress, MAX_URL_LENGTH, parseUrl } from "../url_text.ts";

/** How many redirects one fetch may follow when the policy does not say. */
const DEFAULT_MAX_REDIRECTS = 5;

/** All URLs of a call, since judging each takes time. */
const MAX_URLS = 1000;

/** What bounds a fetch beside the list of hosts. */
export interface UrlLimits {
  /** How many redirects one fetch may follow. Default: 5. */
  readonly max_redirects?: number | undefined;
}

/**
 * Denies a call that would fetch from a host which is not listed, which stands
 * for an address that is neither public nor listed; and any call that has been
 * redirected too often.
 */
export function urlAllowlist(
  entries: readonly string[],
  { max_redirects = DEFAULT_MAX_REDIRECTS }: UrlLimits = {},
): Rule {
  const hosts = entries.map(parseHostEntry);
  return {
    id: "url_allowlist",
    opinion({ name, tool, args, facts, redirects }) {
      let allowed: Opinion | undefined;
      const named = argumentsNamed(tool?.effects.fetches ?? [], args);
      for (const [index, { value }] of named.entries()) {
        const judged = judgeUrl(value, hosts, facts);
        const metadata = { tool: name, url: judged.url, host: judged.host };
        if (index === MAX_URLS) {
          const reason = `the call names more than ${MAX_URLS} URLs`;
          return { effect: "deny", reason, metadata };
        }
        if (judged.refusal !== undefined) {
          const { address } = judged;
          return {
            effect: "deny",
            reason: judged.refusal,
            metadata: address === undefined
              ? metadata
              : { ...metadata, address },
          };
        }
        allowed ??= { effect: "allow", metadata };
      }
      if (redirects <= max_redirects) return allowed;
      const seen = allowed?.metadata ?? { tool: name };
      return {
        effect: "deny",
        reason:
          `the call was redirected ${redirects} times; ${max_redirects} are allowed`,
        metadata: { ...seen, redirects, max_redirects },
      };
    },
  };
}

interface JudgedUrl {
  readonly url: string;
  /** Canonical; empty when the text does not parse. */
  readonly host: string;
  readonly refusal?: string | undefined;
  /** The address on account of which it is refused. */
  readonly address?: string | undefined;
}

/**
 * Looks at the raw text first, since a URL parser repairs what other readers
 * take literally; then at what the parser makes of it, then at the addresses.
 */
function judgeUrl(
  value: unknown,
  hosts: readonly HostEntry[],
  facts: Facts,
): JudgedUrl {
  if (typeof value !== "string") {
    return { url: typeof value, host: "", refusal: "the URL is not a string" };
  }
  const url = value.slice(0, MAX_URL_LENGTH).toWellFormed();
  const parsed = parseUrl(value);
  const host = parsed?.hostname ?? "";
  const refusal = refusalOfText(value) ??
    (parsed === undefined
      ? "the URL cannot be parsed"
      : refusalOfUrl(parsed, value, hosts));
  return refusal === undefined && parsed !== undefined
    ? { url, host, ...refusalOfAddresses(parsed, hosts, facts) }
    : { url, host, refusal };
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
  if (!isListed(url, known)) {
    return `the port ${
      url.port || "of the scheme"
    } is not listed for "${url.hostname}"`;
  }
}

/** A name that is listed may still lead into the network behind the firewall. */
function refusalOfAddresses(
  url: URL,
  hosts: readonly HostEntry[],
  { addresses }: Facts,
): Pick<JudgedUrl, "refusal" | "address"> | undefined {
  const found = addresses.get(url.hostname);
  if (found === undefined) return undefined;
  if (found.length === 0) {
    return { refusal: `the host "${url.hostname}" cannot be looked up` };
  }
  const inner = found.find(({ address, range }) =>
    range !== "unicast" && !isListed(atAddress(url, address), hosts)
  );
  if (inner === undefined) return undefined;
  const { address, range } = inner;
  return {
    refusal:
      `the host "${url.hostname}" stands for ${address} (${range}), which is neither public nor listed`,
    address,
  };
}

/** Where a URL leads: what an entry of the list names. */
type Place = Pick<URL, "protocol" | "hostname" | "port">;

/**
 * The same place at an address: an entry that lists it lists its scheme and port
 * with it. What a URL cannot spell, such as `fe80::1%eth0`, is listed nowhere.
 */
function atAddress({ protocol, port }: URL, address: string): Place {
  const spelled = address.includes(":") ? `[${address}]` : address;
  const hostname = isAddress(spelled) ? spelled : "";
  return { protocol, hostname, port };
}

function isListed(place: Place, hosts: readonly HostEntry[]): boolean {
  return hosts.some((entry) =>
    isHost(place.hostname, entry) && entry.scheme === place.protocol &&
    entry.port === place.port
  );
}

function isHost(hostname: string, { host, wildcard }: HostEntry): boolean {
  if (!wildcard) return hostname === host;
  const labels = hostname.slice(0, -host.length);
  return hostname.endsWith(host) && /^([a-z0-9_-]+\.)+$/.test(labels);
}
