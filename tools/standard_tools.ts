import type { Document } from "./document.ts";
import { type FetchLike, type FetchOptions, fetchTool } from "./fetch.ts";
import { readTool } from "./read.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { searchTool } from "./search.ts";
import { summarizeTool } from "./summarize.ts";
import type { Tool } from "./tool.ts";
import { writeTool } from "./write.ts";

/** What the five tools touch. */
export interface StandardToolsOptions {
  /** What `search` ranks. */
  readonly documents: readonly Document[];
  readonly fetch: FetchLike;
  readonly sandbox: Sandbox;
  /** How many bytes a fetched body may have. Default: as `fetchTool` has it. */
  readonly maxBytes?: number | undefined;
  /** Makes text of a page of HTML that was fetched or is searched. Default: as `fetchTool` has it. */
  readonly htmlText?: FetchOptions["htmlText"];
}

/** The names of the five tools, in that order. */
export const STANDARD_TOOL_NAMES = [
  "search",
  "fetch",
  "read",
  "write",
  "summarize",
] as const;

/** Creates the five tools of this runtime, in the order in which a record names them. */
export function standardTools(
  { documents, sandbox, ...options }: StandardToolsOptions,
): readonly Tool[] {
  return [
    searchTool(documents, options),
    fetchTool(options),
    readTool(sandbox),
    writeTool(sandbox),
    summarizeTool(),
  ];
}
