import type { Tool } from "../../tools/tool.ts";

/** A change of the list of tools. */
export interface ToolsChange {
  /** Tools that are new or have another definition. */
  readonly tools: readonly Tool[];
  /** Names of tools that are gone. */
  readonly removed: readonly string[];
}
