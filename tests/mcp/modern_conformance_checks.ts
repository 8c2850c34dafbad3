/**
 * The conformance suite of revision 2026-07-28 before a server over standard input and
 * output, and before the proxy in front of it. It needs the packages of
 * `tests/mcp/packages` and `tests/mcp/clients`, so `deno task test:mcp:core` names this file.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { conformanceChecks } from "./conformance.ts";
import { type BridgedProcess, httpBridge } from "./http_bridge.ts";
import { server, SERVERS } from "./packages.ts";
import { eventsIn, proxyCommand } from "./proxied.ts";
import {
  type ConformanceLines,
  unexpectedLines,
  UNLISTED_CALLS,
} from "./unlisted_calls.ts";

const SERVER = server(
  SERVERS.logged,
  ...server("modern_conformance_server.mjs"),
);

/** What the suite of what 2026-07-28 requires says of a process. */
async function linesOf(started: BridgedProcess): Promise<ConformanceLines> {
  await using bridge = await httpBridge(started);
  const checks = await conformanceChecks(bridge.url, {
    suite: "conformance-2026-07-28",
    args: ["--requirements", "2026-07-28"],
  });
  return checks.map(({ scenario, id, status }) =>
    [`${scenario} ${id}`, status] as const
  ).sort();
}

/** The tools that were called, as the server's log has them. */
function called(folder: string): readonly string[] {
  return Deno.readTextFileSync(join(folder, "reached")).trimEnd().split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ method }) => method === "tools/call")
    .map(({ params }) => params.name);
}

Deno.test("the conformance suite of 2026-07-28 finds the same through the proxy as without it, but for calls of tools that the server does not list", async () => {
  using folder = temporaryFolder();
  const [command = "", ...args] = SERVER;
  const direct = await linesOf({ command, args, cwd: folder.path });
  await using proxy = proxyCommand({
    policy: {
      tool_registry: { allowed: ["server.*", "mcp.*"], denied: [] },
      tools: [{ match: ["server.*"], effects: "none" }],
      loop_budget: { max_iterations: 1, max_denials: 1000 },
      mcp: { env: { PATH: { from: "PATH", secret: false } } },
    },
    server: SERVER,
  });
  const proxied = await linesOf({ ...proxy, cwd: PROJECT });
  const met = (lines: ConformanceLines) =>
    lines.filter(([, status]) => status === "SUCCESS").length;
  assertEquals([met(direct), direct.length], [153, 192]);
  assertEquals([met(proxied), proxied.length], [158, 192]);
  assertEquals(unexpectedLines({ direct, proxied }, UNLISTED_CALLS), []);
  // Each line of the list stands for itself.
  for (const each of UNLISTED_CALLS) {
    const others = UNLISTED_CALLS.filter((other) => other !== each);
    assertEquals(unexpectedLines({ direct, proxied }, others), [
      `direct: ${each.check} ${each.direct}`,
      `proxied: ${each.check} ${each.proxied}`,
    ]);
  }
  const more = { ...UNLISTED_CALLS[0]!, check: "tools-list tools-list" };
  assertEquals(
    unexpectedLines({ direct, proxied }, [...UNLISTED_CALLS, more]),
    [
      "no longer: direct: tools-list tools-list FAILURE",
      "no longer: proxied: tools-list tools-list SUCCESS",
    ],
  );
  // The tools of the list are called, and their calls reach the server only directly.
  const unlisted = [...new Set(UNLISTED_CALLS.map(({ tool }) => tool))];
  const reached = {
    direct: called(folder.path),
    proxied: called(proxy.sandbox),
  };
  assertEquals(unlisted.filter((tool) => !reached.direct.includes(tool)), []);
  assertEquals(unlisted.filter((tool) => reached.proxied.includes(tool)), []);
  const events = proxy.runs().flatMap(eventsIn);
  const denied = eventsOf("policy_checked", events).filter(({ decision }) =>
    decision === "deny"
  );
  assert(
    denied.every(({ reason }) => reason?.startsWith("there is no such tool")),
  );
  const names = denied.map(({ tool }) => tool);
  assertEquals(
    unlisted.filter((tool) => !names.includes(`server.${tool}`)),
    [],
  );
});
