import ipaddr from "npm:ipaddr.js@2.5.0";
import type { Address } from "../facts.ts";

/**
 * Names the range of an IPv4 or IPv6 address after the registries of special
 * addresses (RFC 6890 and its updates); `unicast` is public. An IPv4 address
 * within an IPv6 one (RFC 4291, section 2.5.5, and RFC 6052) is taken for what it
 * is. Any other text is `invalid`. The package is loaded with this module, so this module
 * is loaded only when a host was looked up.
 */
export function addressRange(text: string): Address {
  if (!ipaddr.isValid(text)) return { address: text, range: "invalid" };
  const address = ipaddr.process(text);
  const translated = translatedFrom(address.toByteArray());
  return {
    address: address.toString(),
    range: (translated ?? address).range(),
  };
}

/** The IPv4 address that a translator to IPv6 stands in for: the last 32 bits of an address in 64:ff9b::/96 (RFC 6052). */
function translatedFrom(bytes: number[]) {
  const [prefix, address] = [bytes.slice(0, -4), bytes.slice(-4)];
  const isTranslated = prefix.join(".") === "0.100.255.155.0.0.0.0.0.0.0.0";
  return isTranslated ? ipaddr.fromByteArray(address) : undefined;
}
