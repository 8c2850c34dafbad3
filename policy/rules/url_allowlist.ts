import type { Facts } from "../facts.ts";
import { hasListedPath } from "../conditions/url_list.ts";
import { namesHost } from "../host_entry.ts";
import type { Ask, Opinion, Proposal, Rule } from "../rule.ts";
import { argumentsNamed } from "../arguments.ts";
import { parseUrlEntry, type UrlEntry } from "../url_entry.ts";
import {
  isAddress,
  MAX_URL_LENGTH,
  parseUrl,
  refusalOfSpelling,
  spellsHost,
} from "../url_text.ts";

/** How many redirects one fetch may follow when the policy does not say. */
const DEFAULT_MAX_REDIRECTS = 5;

/** All URLs of a call, since judging each takes time. */
const MAX_URLS = 1000;

/** What bounds a fetch beside the list of hosts. */
export interface UrlLimits {
  /** How many redirects one fetch may follow. Default: 5. */
  readonly max_redirects?: number | undefined;
  /** What becomes of a URL whose host or path is not listed. Default: deny. */
  readonly unlisted?: "deny" | "escalate" | undefined;
}

/**
 * Denies a call that would fetch from a host which is not listed, which stands
 * for an address that is neither public nor listed; and any call that has been
 * redirected too often.
 */
export function urlAllowlist(
  entries: readonly string[],
  { max_redirects = DEFAULT_MAX_REDIRECTS, unlisted = "deny" }: UrlLimits = {},
): Rule {
  const hosts = entries.map(parseUrlEntry);
  const limits = { hosts, max_redirects };
  return {
    id: "url_allowlist",
    opinion: (proposal) => opinionOn(proposal, { ...limits, unlisted }),
    deniesAlways: (proposal) =>
      opinionOn(proposal, { ...limits, unlisted: "escalate" })?.effect ===
        "deny",
  };
}

function opinionOn(
  { name, tool, args, facts, redirects }: Proposal,
  { hosts, max_redirects, unlisted }: Required<UrlLimits> & {
    readonly hosts: readonly UrlEntry[];
  },
): Opinion | undefined {
  let allowed: Opinion | undefined;
  const asks: Ask[] = [];
  const named = argumentsNamed(tool?.effects.fetches ?? [], args);
  for (const [index, { value }] of named.entries()) {
    const judged = judgeUrl(value, hosts, facts);
    const metadata = { tool: name, url: judged.url, host: judged.host };
    if (index === MAX_URLS) {
      const reason = `the call names more than ${MAX_URLS} URLs`;
      return { effect: "deny", reason, metadata };
    }
    if (
      judged.refusal !== undefined && judged.isUnlisted &&
      unlisted === "escalate"
    ) {
      asks.push({ clause: "unlisted_hosts", reason: judged.refusal });
      allowed ??= { effect: "allow", metadata };
      continue;
    }
    if (judged.refusal !== undefined) {
      const { address } = judged;
      return {
        effect: "deny",
        reason: judged.refusal,
        metadata: address === undefined ? metadata : { ...metadata, address },
      };
    }
    allowed ??= { effect: "allow", metadata };
  }
  if (redirects <= max_redirects) {
    const [first] = asks;
    return first === undefined ? allowed : {
      effect: "escalate",
      asks: [{
        ...first,
        reason: asks.map(({ reason }) => reason).join("; "),
      }],
      metadata: allowed?.metadata ?? { tool: name },
    };
  }
  const seen = allowed?.metadata ?? { tool: name };
  return {
    effect: "deny",
    reason:
      `the call was redirected ${redirects} times; ${max_redirects} are allowed`,
    metadata: { ...seen, redirects, max_redirects },
  };
}

interface JudgedUrl {
  readonly url: string;
  /** Canonical; empty when the text does not parse. */
  readonly host: string;
  readonly refusal?: string | undefined;
  /** Whether it is refused for being listed nowhere, and for nothing else. */
  readonly isUnlisted?: boolean | undefined;
  /** The address on account of which it is refused. */
  readonly address?: string | undefined;
}

/**
 * Looks at the raw text first, since a URL parser repairs what other readers
 * take literally; then at what the parser makes of it, then at the addresses.
 */
function judgeUrl(
  value: unknown,
  hosts: readonly UrlEntry[],
  facts: Facts,
): JudgedUrl {
  if (typeof value !== "string") {
    return { url: typeof value, host: "", refusal: "the URL is not a string" };
  }
  const url = value.slice(0, MAX_URL_LENGTH).toWellFormed();
  const parsed = parseUrl(value);
  const host = parsed?.hostname ?? "";
  const refusal = refusalOfSpelling(value);
  if (refusal !== undefined || parsed === undefined) {
    return { url, host, refusal: refusal ?? "the URL cannot be parsed" };
  }
  const listed = refusalOfUrl(parsed, value, hosts);
  const inner = refusalOfAddresses(parsed, hosts, facts);
  // A person may allow a host that is not listed, but no address inside the network.
  const isOpen = listed === undefined || listed.isUnlisted;
  return { url, host, ...isOpen ? inner ?? listed : listed };
}

function refusalOfUrl(
  url: URL,
  text: string,
  hosts: readonly UrlEntry[],
): { readonly refusal: string; readonly isUnlisted: boolean } | undefined {
  const { hostname, protocol } = url;
  const known = hosts.filter((entry) => namesHost(entry, hostname));
  const denied = (refusal: string) => ({ refusal, isUnlisted: false });
  if (known.length === 0 && isAddress(hostname)) {
    return denied(`the address ${hostname} is not listed`);
  }
  const isCanonical = spellsHost(text, hostname);
  if (known.length === 0) {
    return {
      refusal: `the host "${hostname}" is not listed`,
      isUnlisted: isCanonical && protocol === "https:" && url.port === "",
    };
  }
  if (!isCanonical) {
    return denied(`the host "${hostname}" is not in canonical form`);
  }
  if (!known.some((entry) => entry.scheme === protocol)) {
    return denied(`the scheme ${protocol} is not listed for "${hostname}"`);
  }
  if (!isListed(url, known)) {
    return denied(
      `the port ${url.port || "of the scheme"} is not listed for "${hostname}"`,
    );
  }
  const here = known.filter((entry) =>
    entry.scheme === protocol && entry.port === url.port
  );
  if (hasListedPath(url, here) !== true) {
    return {
      refusal: `the path of the URL is not listed for "${hostname}"`,
      isUnlisted: true,
    };
  }
}

/** A listed name may still lead to an address inside the network. */
function refusalOfAddresses(
  url: URL,
  hosts: readonly UrlEntry[],
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

function isListed(place: Place, hosts: readonly UrlEntry[]): boolean {
  return hosts.some((entry) =>
    namesHost(entry, place.hostname) && entry.scheme === place.protocol &&
    entry.port === place.port
  );
}
