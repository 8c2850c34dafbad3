import { isAddress } from "../url_text.ts";
import type { Truth } from "./truth.ts";

const HOST =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * What may stand before the `@` of an address without quotes (RFC 5322, section
 * 3.2.3), but for `/`, `?` and `#`, which end the host of a URL, and for `%` and
 * `!`, by which a server is told to send on to another.
 */
const LOCAL_PART = /^[\w$&'*+=^`{|}~-]+(?:\.[\w$&'*+=^`{|}~-]+)*$/;

/** Why a text is not a domain; `undefined` for a domain. */
export function domainFault(entry: string): string | undefined {
  const host = entry.replace(/^\*\./, "");
  if (canonicalHost(host) === host) return undefined;
  const meant = canonicalHost(host.slice(host.lastIndexOf("@") + 1));
  return `"${entry}" is no domain such as example.com or *.example.com${
    meant === undefined ? "" : `; write "${meant}"`
  }`;
}

/**
 * Whether a host, or the host of an e-mail address, is one of some domains; a
 * `*.` stands for one label or more. Unknown for any other text: a name beside the
 * address, a list of addresses, a quoted local part.
 */
export function isOfDomain(
  text: string,
  domains: readonly string[],
): Truth {
  const at = text.lastIndexOf("@");
  if (at >= 0 && !LOCAL_PART.test(text.slice(0, at))) return "unknown";
  const host = canonicalHost(text.slice(at + 1));
  if (host === undefined) return "unknown";
  return domains.some((domain) =>
    domain.startsWith("*.")
      ? host.endsWith(domain.slice(1)) && host.length > domain.length - 1
      : host === domain
  );
}

/** Lower case and punycode, without a dot at the end; `undefined` for a text that is not a host. */
function canonicalHost(text: string): string | undefined {
  const spelled = text.replace(/\.$/, "");
  if (/[\s/?#@:\\%[\]]/.test(spelled) || spelled === "") return undefined;
  const host = URL.parse(`https://${spelled}/`)?.hostname;
  if (host === undefined || !HOST.test(host)) return undefined;
  // `0x7f.1` is an address to some readers alone.
  return isAddress(host) && host !== spelled ? undefined : host;
}
