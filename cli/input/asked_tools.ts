import { z } from "../../deps.ts";
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

/**
 * The tools for calls that nothing will carry out: those of a file, or our own and
 * beside them whatever is called, which then takes any arguments.
 */
export async function imaginedTools(
  path: string | undefined,
  called: readonly string[],
): Promise<ReadonlyMap<string, ToolDefinition>> {
  const { tools } = await askedTools(path, IMAGINED_SANDBOX);
  if (path !== undefined) return tools;
  const others = called.filter((name) => !tools.has(name)).map(openTool);
  return new Map([
    ...tools,
    ...others.map((tool) => [tool.name, tool] as const),
  ]);
}

function openTool(name: string): ToolDefinition {
  const args = standardSchema(z.record(z.string(), z.json()));
  return { name, description: "", effects: {}, args };
}
