import { assert, assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import { standardSchema } from "../tools/schema.ts";
import { toolRegistry } from "../tools/registry.ts";
import { gateOpener, noPaths } from "./hostile/gates.ts";
import { policyWith } from "./hostile/policy.ts";
import { loopback } from "./loopback.ts";
import { lacks } from "./permissions.ts";
import { servedInDisguise } from "./properties/escalation.ts";
import { handsOut, URL_SERVERS, type UrlServer } from "./url_servers.ts";

const SECRET = "the page of those who may do anything";

/** Each with a server that takes it for `/admin/panel`. */
const DISGUISED = [
  { path: "/x/..%2fadmin/panel", by: "decode, dots" },
  { path: "/.%2fadmin/panel", by: "decode, dots" },
  { path: "/%2e%2fadmin/panel", by: "decode, dots" },
  { path: "/x%2F..%2Fadmin/panel", by: "decode, dots" },
  { path: "/x/..%252fadmin/panel", by: "decode twice, dots" },
  { path: "/x/%252e%252e/admin/panel", by: "decode, dots, decode, dots" },
  { path: "/x/..%25252fadmin/panel", by: "decode thrice, dots" },
  { path: "/x/..;/admin/panel", by: "parameters, decode, dots (Tomcat)" },
  { path: "/admin;x/panel", by: "parameters, decode, dots (Tomcat)" },
  { path: "/;/admin/panel", by: "parameters, decode, dots (Tomcat)" },
  { path: "/x/..%3ba/admin/panel", by: "decode, parameters, dots (Jetty)" },
  { path: "//admin//panel", by: "decode, merge, dots (nginx)" },
  {
    path: "/x/y%2fz/%2e%2e;/%2e%2e;/admin/panel",
    by: "parameters, dots, decode all but slashes, dots",
  },
  {
    path: "/x/..%5cadmin/panel",
    by: "decode, %u, backslashes, dots, names (Windows)",
  },
  {
    path: "/x/..%u002fadmin/panel",
    by: "decode, %u, backslashes, dots, names (Windows)",
  },
  {
    path: "/ADMIN./panel%20",
    by: "decode, %u, backslashes, dots, names (Windows)",
  },
  { path: "/x/..%c0%afadmin/panel", by: "decode laxly, dots" },
  { path: "/x/%c0%ae%c0%ae/admin/panel", by: "decode laxly, dots" },
  { path: "/admin/panel%00.png", by: "decode, cut at NUL, dots (C)" },
  { path: "/admin/panel%3f.png", by: "decode, cut at ? and #, dots" },
  { path: "/x/%EF%BC%8E%EF%BC%8E/admin/panel", by: "decode, NFKC, dots" },
  { path: "/%EF%BD%81dmin/panel", by: "decode, NFKC, dots" },
  { path: "//x/admin/panel", by: "as a reference (Node)" },
  { path: "/%2fx/admin/panel", by: "decode, as a reference" },
  { path: "/Admin/Panel/", by: "any case (Express)" },
];

const get = {
  name: "get",
  description: "",
  effects: { fetches: ["url"] },
  args: standardSchema(z.strictObject({ url: z.string() })),
};

/** What the gates say of a URL when whatever is below `/admin/` is left to a person. */
function effectOf(url: string): string {
  const { origin } = new URL(url);
  const { document } = policyWith({
    tool_registry: { allowed: ["get"], denied: [] },
    url_allowlist: [origin],
    escalate: [{
      tools: ["get"],
      when: [{ argument: "url", starts_with: `${origin}/admin/` }],
      reason: "it is for a person to say",
    }],
  });
  const gate = gateOpener({
    policy: document,
    tools: toolRegistry([get]),
    inspect: noPaths,
  })();
  const args_json = JSON.stringify({ url });
  return gate.judge(gate.propose({ tool: "get", args_json })).effect;
}

function serverNamed(wanted: string): UrlServer {
  const found = URL_SERVERS.find(({ name }) => name === wanted);
  if (found === undefined) throw new RangeError(`No server "${wanted}"`);
  return found;
}

for (const { path, by } of DISGUISED) {
  Deno.test({
    name: `a server that does "${by}" hands out ${path}, and a person is asked`,
    ignore: lacks("net"),
    async fn() {
      const server = serverNamed(by);
      await using here = loopback(({ url }) => {
        // The path as it was sent, without its query.
        const [, sent = ""] = /^https?:\/\/[^/]*([^?]*)/.exec(url) ?? [];
        return handsOut(server, { path: sent, page: "/admin/panel" })
          ? new Response(SECRET)
          : new Response("not found", { status: 404 });
      });
      const url = `http://${here.host}${path}`;
      assertEquals(await (await fetch(url)).text(), SECRET);
      assertEquals(effectOf(url), "escalate");
    },
  });
}

for (
  const path of [
    "/",
    "/administration-guide",
    "/admin-panel/",
    "/x/admin/panel",
    "/x/;/admin/panel",
    "/docs/100%25/admin/panel",
    "/caf%C3%A9?next=%2fadmin%2fpanel",
    "/x?/../admin/panel",
    "/x#/../admin/panel",
  ]
) {
  Deno.test({
    name: `no server hands out ${path}, and there is no question`,
    fn() {
      const { pathname } = new URL(`http://127.0.0.1${path}`);
      for (const server of URL_SERVERS) {
        const request = { path: pathname, page: "/admin/panel" };
        assertEquals(handsOut(server, request), false, server.name);
      }
      assertEquals(effectOf(`http://127.0.0.1${path}`), "allow");
    },
  });
}

Deno.test("every server is fooled by some of the paths that are generated", () => {
  for (const [name, count] of servedInDisguise({ seed: 1, cases: 2000 })) {
    assert(count > 0, name);
  }
});
