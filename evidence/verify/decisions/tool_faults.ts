import type {
  RecordedTool,
  RunStarted,
  ToolFinished,
} from "../../../runtime/record/event.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import type { EventFault } from "../event_check.ts";
import { ownTool } from "../own_tools.ts";

/**
 * Lists what of the recorded tools cannot be: what this program's own tools touch is
 * known, and how information flows through them. A record that states the program's
 * version is older than these labels.
 */
export function toolFaults(
  { tools, runtime_version }: RunStarted,
): readonly EventFault[] {
  return tools.flatMap((tool) => {
    const own = ownTool(tool);
    if (own === undefined) return [];
    const { idempotent, effects, labels } = tool;
    const due = runtime_version === undefined ? own.labels : undefined;
    const found = [idempotent, effects, labels ?? null];
    const expected = [own.idempotent, own.effects, due ?? null];
    return valueDifference(expected, found) === undefined ? [] : [
      {
        code: "other_tool",
        message: `the tool ${quoted(tool.name)} has other effects or labels`,
      } as const,
    ];
  });
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
