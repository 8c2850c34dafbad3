import { assertEquals } from "@std/assert";
import { addressRange } from "./address_range.ts";

const ADDRESSES = [
  // IPv4
  { text: "8.8.8.8", range: "unicast" },
  { text: "9.255.255.255", range: "unicast" },
  { text: "11.0.0.0", range: "unicast" },
  { text: "172.32.0.0", range: "unicast" },
  { text: "0.0.0.0", range: "unspecified" },
  { text: "10.0.0.0", range: "private" },
  { text: "10.255.255.255", range: "private" },
  { text: "172.16.0.0", range: "private" },
  { text: "172.31.255.255", range: "private" },
  { text: "192.168.0.1", range: "private" },
  { text: "127.0.0.1", range: "loopback" },
  { text: "127.255.255.255", range: "loopback" },
  { text: "169.254.169.254", range: "linkLocal" },
  { text: "100.63.255.255", range: "unicast" },
  { text: "100.64.0.0", range: "carrierGradeNat" },
  { text: "100.127.255.255", range: "carrierGradeNat" },
  { text: "100.128.0.0", range: "unicast" },
  { text: "192.0.0.8", range: "reserved" },
  { text: "192.0.2.1", range: "reserved" },
  { text: "198.18.0.1", range: "reserved" },
  { text: "203.0.113.4", range: "reserved" },
  { text: "224.0.0.1", range: "multicast" },
  { text: "240.0.0.1", range: "reserved" },
  { text: "255.255.255.255", range: "broadcast" },
  // IPv6
  { text: "2606:4700::1", range: "unicast" },
  { text: "2001:4860:4860::8888", range: "unicast" },
  { text: "::", range: "unspecified" },
  { text: "::1", range: "loopback" },
  { text: "fe80::1", range: "linkLocal" },
  { text: "fec0::1", range: "deprecatedSiteLocal" },
  { text: "fc00::1", range: "uniqueLocal" },
  { text: "fd12:3456::1", range: "uniqueLocal" },
  { text: "ff02::1", range: "multicast" },
  { text: "2001:db8::1", range: "reserved" },
  { text: "100::1", range: "discard" },
  // IPv4 by way of IPv6
  { text: "64:ff9b::7f00:1", range: "loopback" },
  { text: "64:ff9b::808:808", range: "unicast" },
  { text: "64:ff9b:1::1", range: "rfc6052" },
  { text: "2002:7f00:1::", range: "6to4" },
  { text: "2001::1", range: "teredo" },
  { text: "::ffff:0:7f00:1", range: "rfc6145" },
  // A zone names an interface of this machine
  { text: "fe80::1%eth0", range: "linkLocal" },
  { text: "::1%1", range: "loopback" },
  // No address
  { text: "", range: "invalid" },
  { text: "a.test", range: "invalid" },
  { text: "[::1]", range: "invalid" },
  { text: "1.2.3.4.5", range: "invalid" },
  { text: "256.0.0.1", range: "invalid" },
  { text: "127.0.0.1 ", range: "invalid" },
  { text: "::1::", range: "invalid" },
];

for (const { text, range } of ADDRESSES) {
  Deno.test(`addressRange() takes ${JSON.stringify(text)} for ${range}`, () => {
    assertEquals(addressRange(text), { address: text, range });
  });
}

for (
  const { text, address, range } of [
    { text: "::ffff:127.0.0.1", address: "127.0.0.1", range: "loopback" },
    { text: "::ffff:7f00:1", address: "127.0.0.1", range: "loopback" },
    { text: "::FFFF:10.1.2.3", address: "10.1.2.3", range: "private" },
    { text: "::ffff:8.8.8.8", address: "8.8.8.8", range: "unicast" },
    { text: "::127.0.0.1", address: "127.0.0.1", range: "loopback" },
    { text: "0:0:0:0:0:0:0:1", address: "::1", range: "loopback" },
    { text: "FE80:0::0001", address: "fe80::1", range: "linkLocal" },
    { text: "127.1", address: "127.0.0.1", range: "loopback" },
    { text: "0x7f000001", address: "127.0.0.1", range: "loopback" },
  ]
) {
  Deno.test(`addressRange() takes ${text} for ${address}, ${range}`, () => {
    assertEquals(addressRange(text), { address, range });
  });
}
