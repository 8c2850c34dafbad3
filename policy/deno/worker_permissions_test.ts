import { assertEquals } from "@std/assert";
import { loadPolicy } from "../document/load.ts";
import text from "../v1.yaml" with { type: "text" };
import { workerPermissions } from "./worker_permissions.ts";

const { document } = loadPolicy(text, "policy/v1.yaml");

function permissions(
  url_allowlist: readonly string[],
  granted: (host: string) => boolean = () => true,
) {
  return workerPermissions({ ...document, url_allowlist }, {
    sandbox: "/runs/a/sandbox",
    served: ["fixtures.local"],
    granted,
  });
}

Deno.test("workerPermissions() are the sandbox and the listed hosts with their ports", () => {
  assertEquals(
    permissions(["fixtures.local", "b.test", "http://a.test", "*.c.test:8443"]),
    {
      read: ["/runs/a/sandbox"],
      write: ["/runs/a/sandbox"],
      net: ["*.c.test:8443", "a.test:80", "b.test:443"],
    },
  );
});

Deno.test("workerPermissions() leave out what the process itself may not reach", () => {
  assertEquals(
    permissions(["a.test", "b.test"], (host) => host === "b.test:443").net,
    ["b.test:443"],
  );
});
