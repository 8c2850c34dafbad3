import { isAbsolute, join } from "../../deps.ts";
import { knownTool } from "../../policy/tool_traits.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { IMAGINED_SANDBOX } from "../../policy/testing/imagined_place.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import { exportedTools, type ToolWorld } from "../../tools/exported_tools.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Tool, ToolDefinition } from "../../tools/tool.ts";

/** Tools of one's own, from a module that a person named. */
export interface ToolModule {
  /** As the person named it. */
  readonly path: string;
  /** Where a Worker finds it. */
  readonly url: URL;
  /** What the model and the policy know of its tools. */
  readonly definitions: readonly ToolDefinition[];
  /** Its tools, made for a world. */
  tools(world: ToolWorld): readonly Tool[];
}

/** Whether a file is a module and not JSON, by its name. */
export function isModule(path: string): boolean {
  return /\.[mc]?[jt]sx?$/.test(path);
}

/**
 * Loads a module and looks its tools over. What the module does when it is loaded
 * happens with the permissions of the process.
 *
 * @throws {InputError} when it cannot be loaded, or a tool in it is not sound
 */
export async function loadToolModule(path: string): Promise<ToolModule> {
  if (!isModule(path)) {
    throw unusable(path, "expected a module, such as tools.ts");
  }
  const place = isAbsolute(path) ? path : join(Deno.cwd(), path);
  const url = new URL(
    `file://${place.split("/").map(encodeURIComponent).join("/")}`,
  );
  const module = await imported(path, url);
  const tools = (world: ToolWorld) =>
    exportedTools(module, { source: path, world });
  const definitions = tools({ sandbox: IMAGINED_SANDBOX });
  try {
    toolRegistry(definitions);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw unusable(path, cause.message, { cause });
  }
  return { path, url, definitions, tools };
}

/**
 * Refuses a tool of which neither its module nor the policy says what it touches.
 *
 * @throws {InputError} which names the tools
 */
export function refuseUndescribed(
  { path, definitions }: ToolModule,
  { tools = [] }: Pick<PolicyDocument, "tools">,
): void {
  const silent = definitions.filter((tool) =>
    knownTool(tool, tools).isUndescribed === true
  );
  if (silent.length === 0) return;
  throw new InputError(
    path,
    silent.map(({ name }) => ({
      path: "",
      message: `nothing says what the tool ${
        JSON.stringify(name)
      } touches: give it effects, {} for none, or an entry under \`tools\` of the policy`,
    })),
  );
}

async function imported(path: string, url: URL): Promise<object> {
  try {
    return await import(url.href);
  } catch (cause) {
    const { line } = /:(?<line>\d+):\d+\s*$/.exec(String(cause))?.groups ?? {};
    throw unusable(path, whyNotLoaded(cause, url), {
      cause,
      ...isSyntaxError(cause) && line !== undefined
        ? { line: Number(line) }
        : {},
    });
  }
}

/** Deno says so in the message of a `TypeError`. */
function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && /^SyntaxError: /.test(error.message);
}

function whyNotLoaded(error: unknown, url: URL): string {
  if (!(error instanceof Error)) return `it threw ${typeof error} when loaded`;
  const [first = ""] = error.message.split("\n");
  if (/lockfile is out of date/.test(first)) {
    return "it needs a package that the lockfile beside the program lacks; run with --no-lock, or with a lockfile of your own";
  }
  const [, right] = /^Requires (\w+) access/.exec(first) ?? [];
  if (right !== undefined) {
    return `the process has no permission to load it (--allow-${right})`;
  }
  const [, missing] = /^Module not found "([^"]+)"/.exec(first) ?? [];
  if (missing === url.href) return "there is no such file";
  if (missing !== undefined) return `it imports what is not there: ${missing}`;
  return `it cannot be loaded: ${
    isSyntaxError(error) ? first : `${error.name}: ${first}`
  }`;
}
