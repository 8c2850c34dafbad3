/**
 * The conformance suite of the protocol before a server, and before the proxy in
 * front of it. It needs the packages of `tests/mcp/packages` and `tests/mcp/clients`,
 * so `deno task test:mcp:core` names this file.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../tools/data/json.ts";
import { eventsOf } from "../rehearsal.ts";
import { conformanceOf, conformanceServer } from "./conformance.ts";
import { listeningProxy } from "./listening_proxy.ts";
import { eventsIn, LEAST } from "./proxied.ts";

const TOOLS = [
  ...["test_simple_text", "test_image_content", "test_audio_content"],
  ...["test_embedded_resource", "test_multiple_content_types"],
  ...["test_tool_with_logging", "test_tool_with_progress"],
  ...["test_error_handling", "test_sampling", "test_elicitation"],
  ...["test_elicitation_sep1034_defaults", "test_elicitation_sep1330_enums"],
  "json_schema_2020_12_tool",
].map((name) => `server.${name}`);

const VIRTUAL = [
  ...["mcp.resources.read", "mcp.resources.subscribe"],
  ...["mcp.resources.unsubscribe", "mcp.prompts.get"],
  ...["mcp.completion.complete", "mcp.sampling.createMessage"],
  "mcp.elicitation.create",
];

function policyFor(allowed: readonly string[]): JsonObject {
  return {
    ...LEAST,
    tool_registry: { allowed: [...allowed], denied: [] },
    tools: [{ match: ["server.*"], effects: "none" }],
  };
}

/** What the suite misses where the policy allows the tools alone. */
const NOT_TOOLS = [
  "completion-complete completion-complete",
  "elicitation-sep1034-defaults elicitation-sep1034-general",
  "elicitation-sep1330-enums elicitation-sep1330-general",
  "prompts-get-embedded-resource prompts-get-embedded-resource",
  "prompts-get-simple prompts-get-simple",
  "prompts-get-with-args prompts-get-with-args",
  "prompts-get-with-image prompts-get-with-image",
  "resources-read-binary resources-read-binary",
  "resources-read-text resources-read-text",
  "resources-subscribe resources-subscribe",
  "resources-templates-read resources-templates-read",
  "resources-unsubscribe resources-unsubscribe",
  "tools-call-elicitation tools-call-elicitation",
  "tools-call-sampling tools-call-sampling",
];

/** What of this is a call of a tool. */
function toolsIn(reached: readonly string[]): readonly string[] {
  return reached.filter((each) => each.startsWith("tools/call "))
    .map((each) => `server.${each.slice("tools/call ".length)}`);
}

Deno.test("the conformance suite finds the same through the proxy as without it", async () => {
  await using server = await conformanceServer();
  const direct = await conformanceOf(server.url);
  assertEquals(direct.unmet, []);
  assertEquals(direct.met.length, 40);
  const asked = [...server.reached];
  await using proxy = await listeningProxy(
    server.url,
    policyFor([...TOOLS, ...VIRTUAL]),
  );
  assertEquals(await conformanceOf(proxy.url), direct);
  await proxy.end();
  const reached = server.reached.slice(asked.length);
  assertEquals(toolsIn(reached), toolsIn(asked));
  const events = proxy.runs().flatMap(eventsIn);
  const proposed = eventsOf("call_proposed", events).map(({ tool }) => tool);
  const isVirtual = (tool: string) => tool.startsWith("mcp.");
  assertEquals(
    proposed.filter((tool) => !isVirtual(tool)).sort(),
    [...toolsIn(asked)].sort(),
  );
  assertEquals(
    [...new Set(proposed.filter(isVirtual))].sort(),
    [...VIRTUAL].sort(),
  );
  assertEquals(
    eventsOf("tool_finished", events).length,
    proposed.length,
  );
});

Deno.test("the conformance suite misses exactly what the policy does not allow, and the server is not asked for it", async () => {
  await using server = await conformanceServer();
  await using proxy = await listeningProxy(server.url, policyFor(TOOLS));
  const { unmet } = await conformanceOf(proxy.url);
  assertEquals(unmet.map(({ id }) => id).sort(), NOT_TOOLS);
  await proxy.end();
  const methods = new Set(server.reached.map((each) => each.split(" ")[0]));
  assertEquals([...methods].sort(), [
    ...["initialize", "logging/setLevel", "notifications/initialized", "ping"],
    ...["prompts/list", "resources/list", "tools/call", "tools/list"],
  ]);
});
