/**
 * Every module that is loaded only when it is needed, by an address that Deno
 * cannot see in advance. `deno cache mod.ts cli/loaded_later.ts` fetches what
 * any command may need, so that `--cached-only` works; nothing here is run.
 * `deno task url-lock` writes this file.
 *
 * @module
 */

/** Loads them, one each. */
export const LOADED_LATER: readonly (() => Promise<unknown>)[] = [
  () => import("./fleet/pg_boss_queue.ts"),
  () => import("./input/tool_definitions.ts"),
  () => import("./machine/serve_run_tools.ts"),
  () => import("./machine/tool_worker.ts"),
  () => import("./mcp/open_servers.ts"),
  () => import("../evidence/store/postgres/pg_database.ts"),
  () => import("../policy/rules/address_range.ts"),
  () => import("../runtime/llm/provider/anthropic.ts"),
  () => import("../runtime/llm/provider/google.ts"),
  () => import("../runtime/llm/provider/openai_compatible.ts"),
  () => import("../tools/page/html_text.ts"),
];
