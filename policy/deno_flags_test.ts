import { assertEquals } from "@std/assert";
import { denoFlags } from "./deno_flags.ts";
import { loadPolicy } from "./load.ts";
import policyText from "./v1.yaml" with { type: "text" };

const { document } = loadPolicy(policyText, "policy/v1.yaml");

function netOf(url_allowlist: readonly string[]): readonly string[] {
  return denoFlags({ ...document, url_allowlist }, { read: [], write: [] });
}

Deno.test("denoFlags() gives the paths of the program and nothing else to a policy without hosts", () => {
  assertEquals(
    denoFlags({ ...document, url_allowlist: [] }, {
      read: [".", "/data"],
      write: ["runs"],
    }),
    ["--no-prompt", "--allow-read=.,/data", "--allow-write=runs"],
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
    assertEquals(netOf([entry]), ["--no-prompt", `--allow-net=${host}`]);
  });
}

Deno.test("denoFlags() names each host once, in order", () => {
  assertEquals(netOf(["b.test", "a.test", "b.test:443"]), [
    "--no-prompt",
    "--allow-net=a.test:443,b.test:443",
  ]);
});

Deno.test("denoFlags() leaves out what is served without a network", () => {
  assertEquals(
    denoFlags(document, {
      read: ["."],
      write: ["runs"],
      served: ["fixtures.local"],
    }),
    ["--no-prompt", "--allow-read=.", "--allow-write=runs"],
  );
});
