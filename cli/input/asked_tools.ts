import { z } from "../../deps.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { IMAGINED_SANDBOX } from "../../policy/testing/imagined_place.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { standardSchema } from "../../tools/schema.ts";
import { withOwnTools } from "../../tools/exported_tools.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { readInput } from "../machine/files.ts";
import { networkFor } from "../machine/network.ts";
import { isModule, loadToolModule } from "../machine/tool_module.ts";
import type { ToolFile } from "./tool_definitions.ts";

/**
 * The tools that calls are judged for: our own, with those of a module; or instead of
 * them those that a file of JSON describes, whose reader is loaded when there is one.
 *
 * @throws {InputError} when the module or the file cannot be used
 */
export async function askedTools(
  path: string | undefined,
  sandbox: Sandbox,
): Promise<ToolFile> {
  if (path === undefined || isModule(path)) {
    const { fetch } = networkFor(false);
    const ours = standardTools({ documents: [], fetch, sandbox });
    const own = path === undefined ? undefined : await loadToolModule(path);
    const tools = withOwnTools<ToolDefinition>(ours, own?.definitions ?? []);
    return { tools: toolRegistry(tools), refused: [] };
  }
  const adapter = new URL("./tool_definitions.ts", import.meta.url).href;
  const { readToolDefinitions }: typeof import("./tool_definitions.ts") =
    await import(adapter);
  return readToolDefinitions(readInput(path), path);
}

/** Calls that nothing will carry out, and what is known of their tools. */
export interface ImaginedCalls {
  /** The names that are called. */
  readonly called: readonly string[];
  /** Servers that some of them are of. Default: none is. */
  readonly servers?: readonly string[] | undefined;
  readonly policy: Pick<PolicyDocument, "tool_registry">;
}

/**
 * The tools for calls that nothing will carry out: those of a file, or our own and
 * beside them whatever is called, which then takes any arguments. Those of servers
 * are judged as such: they are what the policy says of them and pins.
 */
export async function imaginedTools(
  path: string | undefined,
  { called, servers = [], policy: { tool_registry: { pins = {} } } }:
    ImaginedCalls,
): Promise<ReadonlyMap<string, ToolDefinition>> {
  const { tools } = await askedTools(path, IMAGINED_SANDBOX);
  const isServed = (name: string) =>
    servers.some((server) => name.startsWith(`${server}.`));
  const served = (tool: ToolDefinition): ToolDefinition => ({
    ...tool,
    effects: {},
    isUndescribed: true,
    definitionSha256: pins[tool.name] ?? NO_DEFINITION,
  });
  const others = called.filter((name) => !tools.has(name))
    .filter((name) => path === undefined || isServed(name)).map(openTool);
  return new Map(
    [...tools.values(), ...others].map((tool) => [
      tool.name,
      isServed(tool.name) ? served(tool) : tool,
    ]),
  );
}

/** The hash of a definition that nobody has seen. */
const NO_DEFINITION = "0".repeat(64);

function openTool(name: string): ToolDefinition {
  const args = standardSchema(z.record(z.string(), z.json()));
  return { name, description: "", effects: {}, args };
}
