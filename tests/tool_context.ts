import type { ToolContext } from "../tools/tool.ts";

/** The context of a call that is not cancelled and touches nothing. */
export const IDLE_CONTEXT: ToolContext = {
  signal: new AbortController().signal,
  idempotencyKey: "0".repeat(64),
  urls: new Map(),
  places: new Map(),
};
