import type { ToolContext } from "../tools/tool.ts";

/** What a tool is told about a call that nobody cancels and that touches nothing. */
export const IDLE_CONTEXT: ToolContext = {
  signal: new AbortController().signal,
  idempotencyKey: "0".repeat(64),
  urls: new Map(),
  places: new Map(),
};
