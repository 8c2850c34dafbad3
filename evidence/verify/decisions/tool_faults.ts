import type {
  RecordedTool,
  ToolFinished,
} from "../../../runtime/record/event.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import type { EventFault } from "../event_check.ts";
import { ownTool } from "../own_tools.ts";

/** Lists impossible parts of a recorded tool: the effects of this program's own tools are known. */
export function toolFaults(tool: RecordedTool): readonly EventFault[] {
  const own = ownTool(tool);
  const isSame = own === undefined ||
    own.idempotent === tool.idempotent &&
      valueDifference(own.effects, tool.effects) === undefined;
  return isSame ? [] : [{
    code: "other_tool",
    message: `the tool ${quoted(tool.name)} has other effects`,
  }];
}

/**
 * Lists impossible parts of a receipt: of this program's own tools only `fetch`
 * is redirected, to a URL.
 */
export function redirectFaults(
  { tool: name, redirect }: ToolFinished,
  tools: readonly RecordedTool[],
): readonly EventFault[] {
  const tool = tools.find((each) => each.name === name);
  if (redirect === null || tool === undefined) return [];
  if (ownTool(tool) === undefined) return [];
  const isUrl = name === "fetch" && typeof redirect.url === "string" &&
    Object.keys(redirect).length === 1;
  return isUrl ? [] : [{
    code: "other_tool",
    message: `the tool ${quoted(name)} cannot be redirected to this`,
  }];
}
