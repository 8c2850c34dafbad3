import { assertEquals } from "@std/assert";
import { denoFlags } from "./deno_flags.ts";
import { loadPolicy } from "../document/load.ts";
import policyText from "../v1.yaml" with { type: "text" };

const { document } = loadPolicy(policyText, "policy/v1.yaml");

/** The ranges that are closed when the policy lists no address in them. */
const INNER = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

function closed(...open: readonly string[]): string {
  const ranges = INNER.filter((range) => !open.includes(range));
  return `--deny-net=${ranges.join(",")}`;
}

function netOf(url_allowlist: readonly string[]): readonly string[] {
  return denoFlags({ ...document, url_allowlist }, { read: [], write: [] });
}

Deno.test("denoFlags() gives the paths of the program and nothing else to a policy without hosts", () => {
  assertEquals(
    denoFlags({ ...document, url_allowlist: [] }, {
      read: [".", "/data"],
      write: ["runs"],
    }),
    [
      "--no-prompt",
      "--cached-only",
      "--allow-read=.,/data",
      "--allow-write=runs",
    ],
  );
});

for (
  const { entry, host } of [
    { entry: "a.test", host: "a.test:443" },
    { entry: "a.test:8443", host: "a.test:8443" },
    { entry: "http://a.test", host: "a.test:80" },
    { entry: "http://a.test:8080", host: "a.test:8080" },
    { entry: "*.a.test", host: "*.a.test:443" },
  ]
) {
  Deno.test(`denoFlags() allows ${host} for ${entry}`, () => {
    assertEquals(netOf([entry]), [
      "--no-prompt",
      "--cached-only",
      `--allow-net=${host}`,
      closed(),
    ]);
  });
}

Deno.test("denoFlags() names each host once, in order", () => {
  assertEquals(netOf(["b.test", "a.test", "b.test:443"]), [
    "--no-prompt",
    "--cached-only",
    "--allow-net=a.test:443,b.test:443",
    closed(),
  ]);
});

for (
  const { entry, range } of [
    { entry: "http://127.0.0.1:8080", range: "127.0.0.0/8" },
    { entry: "10.0.0.0", range: "10.0.0.0/8" },
    { entry: "10.255.255.255", range: "10.0.0.0/8" },
    { entry: "100.127.255.255", range: "100.64.0.0/10" },
    { entry: "169.254.169.254", range: "169.254.0.0/16" },
    { entry: "172.31.255.255", range: "172.16.0.0/12" },
    { entry: "192.168.1.1", range: "192.168.0.0/16" },
    { entry: "255.255.255.255", range: "240.0.0.0/4" },
  ]
) {
  Deno.test(`denoFlags() opens ${range} for ${entry}, and no other`, () => {
    assertEquals(netOf([entry]).at(-1), closed(range));
  });
}

for (const entry of ["9.255.255.255", "11.0.0.0", "172.32.0.0", "[::1]"]) {
  Deno.test(`denoFlags() opens no inner range for ${entry}`, () => {
    assertEquals(netOf([entry]).at(-1), closed());
  });
}

Deno.test("denoFlags() lets a program start Workers with permissions of their own where the policy wants one", () => {
  assertEquals(
    denoFlags({
      ...document,
      url_allowlist: [],
      sandbox: { isolation: "worker" },
    }, { read: ["."], write: [] }),
    [
      "--no-prompt",
      "--cached-only",
      "--unstable-worker-options",
      "--allow-read=.",
    ],
  );
});

Deno.test("denoFlags() leaves out what is served without a network", () => {
  assertEquals(
    denoFlags(document, {
      read: ["."],
      write: ["runs"],
      served: ["fixtures.local"],
    }),
    ["--no-prompt", "--cached-only", "--allow-read=.", "--allow-write=runs"],
  );
});
