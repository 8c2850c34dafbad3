import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { eventData } from "../../tools/mcp/event_stream.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { lacks } from "../permissions.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { CREDENTIALS as SECRET, httpServer as served } from "./http_server.ts";
import { freePort, listeningProxy } from "./listening_proxy.ts";
import { eventsIn, type Message, textOf } from "./proxied.ts";

const POLICY: JsonObject = {
  version: 1,
  on_deny: "continue",
  tool_registry: { allowed: ["server.echo"], denied: [] },
  tools: [{ match: ["server.*"], effects: "none" }],
  url_allowlist: [],
  sandbox: { isolation: "process" },
  arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
  loop_budget: { max_iterations: 1 },
  cycle_detection: { max_repeats: 100, max_period: 4 },
  retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 },
};

/** A client of a proxy before an address. */
async function proxyFor(upstream: string) {
  const proxy = await listeningProxy(upstream, POLICY);
  const { url, runs } = proxy;
  let session: string | null = null;
  let id = 0;
  return {
    url,
    async post(
      method: string,
      params: JsonObject = {},
      headers: Record<string, string> = {},
    ): Promise<{ status: number; headers: Headers; messages: Message[] }> {
      id += 1;
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          authorization: SECRET,
          ...session === null ? {} : { "mcp-session-id": session },
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      });
      session ??= response.headers.get("mcp-session-id");
      const isStream = response.headers.get("content-type") ===
        "text/event-stream";
      const text = await response.text();
      const data = isStream
        ? await Array.fromAsync(
          eventData(
            (async function* () {
              yield await Promise.resolve(text);
            })(),
            { maxLength: 1e6 },
          ),
        )
        : text.startsWith("{")
        ? [text]
        : [];
      return {
        status: response.status,
        headers: response.headers,
        messages: data.map((each) => JSON.parse(each)),
      };
    },
    async leave(): Promise<number> {
      const response = await fetch(url, {
        method: "DELETE",
        headers: { "mcp-session-id": session ?? "" },
      });
      await response.body?.cancel();
      return response.status;
    },
    runs,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "http", version: "1" },
};

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `mcp --listen ${name}`,
    ignore: lacks("read", "write", "run", "net"),
    fn,
  });
}

test("governs the calls of a session, and records no credentials", async () => {
  using remote = served();
  await using proxy = await proxyFor(remote.url);
  const { messages: [opened] } = await proxy.post("initialize", INITIALIZE);
  assertEquals(opened?.result.serverInfo, { name: "remote", version: "1" });
  const { messages: [listed] } = await proxy.post("tools/list");
  assertEquals(
    (listed?.result.tools as { name: string }[]).map(({ name }) => name),
    ["echo"],
  );
  const { messages } = await proxy.post("tools/call", {
    name: "echo",
    arguments: { text: "a" },
  });
  assertEquals(messages.map(({ method }) => method), [
    "notifications/message",
    undefined,
  ]);
  assertEquals(messages.at(-1) && textOf(messages.at(-1)!), "a");
  const { messages: [denied] } = await proxy.post("tools/call", {
    name: "rm",
    arguments: {},
  });
  assertStringIncludes(
    denied && textOf(denied) || "",
    "Denied by tool_registry",
  );
  assertEquals(await proxy.leave(), 204);
  assertEquals(await proxy.leave(), 404);
  const [run = "", ...others] = proxy.runs();
  assertEquals(others, []);
  assertEquals(eventsOf("tool_finished", eventsIn(run)).length, 1);
  for (const { name, isFile } of Deno.readDirSync(run)) {
    const text = isFile ? Deno.readTextFileSync(join(run, name)) : "";
    assert(!text.includes("a-secret-of-the-client"), name);
  }
  const calls = remote.reached.filter(({ body }) =>
    body.includes("tools/call")
  );
  assertEquals(calls.map(({ authorization }) => authorization), [SECRET]);
  assertEquals(remote.reached.at(-1)?.method, "DELETE");
});

test("passes on that a server wants credentials", async () => {
  using remote = served();
  await using proxy = await proxyFor(remote.url);
  const { status, headers } = await proxy.post("initialize", INITIALIZE, {
    authorization: "Bearer other",
  });
  assertEquals(
    [status, headers.get("www-authenticate")],
    [401, 'Bearer realm="it"'],
  );
});

test("takes nothing from another site, and no unknown session", async () => {
  using remote = served();
  await using proxy = await proxyFor(remote.url);
  for (
    const [header, value, status] of [
      ["origin", "https://attacker.example", 403],
      ["origin", "null", 403],
      ["mcp-session-id", "none", 404],
    ] as const
  ) {
    const answer = await proxy.post("initialize", INITIALIZE, {
      [header]: value,
    });
    assertEquals(answer.status, status, value);
  }
  // `fetch` sets the host itself.
  using raw = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(proxy.url).port),
  });
  await raw.write(new TextEncoder().encode(
    "POST /mcp HTTP/1.1\r\nHost: attacker.example\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
  ));
  const bytes = new Uint8Array(100);
  const read = await raw.read(bytes);
  assertStringIncludes(
    new TextDecoder().decode(bytes.subarray(0, read ?? 0)),
    "403",
  );
  assertEquals((await proxy.post("tools/list")).status, 400);
  assertEquals(remote.reached, []);
});

test("says that a server cannot be reached", async () => {
  await using proxy = await proxyFor(`http://127.0.0.1:${freePort()}/mcp`);
  const { messages: [answer] } = await proxy.post("initialize", INITIALIZE);
  assertStringIncludes(answer?.error.message ?? "", "cannot be reached");
});

for (
  const { args, said } of [
    { args: ["--listen", "0.0.0.0:1"], said: "--listen" },
    { args: ["--listen", "127.0.0.1:70000"], said: "--listen" },
    {
      args: ["--listen", "127.0.0.1:1", "--upstream", "http://example.com/mcp"],
      said: "--upstream",
    },
    {
      args: ["--listen", "127.0.0.1:1", "--upstream", "https://u:p@a.example/"],
      said: "--upstream",
    },
  ]
) {
  test(`refuses ${args.join(" ")}`, async () => {
    using folder = temporaryFolder();
    const policy = join(folder.path, "policy.yaml");
    Deno.writeTextFileSync(policy, JSON.stringify(POLICY));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-lock", "--allow-read"],
        ...[`${PROJECT}mod.ts`, "mcp", "--policy", policy, "--out", "x"],
        ...args,
        ...args.includes("--upstream")
          ? []
          : ["--upstream", "https://a.example/"],
      ],
    }).output();
    assertEquals(code, 1);
    assertStringIncludes(new TextDecoder().decode(stderr), said);
  });
}
