import type { Policy } from "../../policy/document/load.ts";
import { spelledArguments } from "../../policy/judged_arguments.ts";
import { knownTool } from "../../policy/tool_traits.ts";
import type { Json } from "../../tools/data/json.ts";
import { placedIn } from "../../tools/sandbox/placed_in.ts";
import type { ToolContext, ToolDefinition } from "../../tools/tool.ts";

/**
 * The arguments that a server is sent: URLs exactly as they were judged, and paths
 * as the absolute ones to which the judged places lead in the directory `sandbox`.
 */
export function sentArguments(
  args: Json,
  { policy, sandbox, tool, context: { places, urls } }: {
    readonly policy: Policy;
    /** Its real path. */
    readonly sandbox: string;
    readonly tool: ToolDefinition;
    readonly context: Pick<ToolContext, "places" | "urls">;
  },
): Json {
  const known = knownTool(tool, policy.document.tools ?? []);
  return spelledArguments(known, args, {
    path: (path) => {
      const place = places.get(path);
      return place === undefined ? path : placedIn(sandbox, place);
    },
    url: (url) => urls.get(url) ?? url,
  }) ?? args;
}
