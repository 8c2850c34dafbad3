/**
 * Every module that is loaded only when it is asked for, by an address that Deno
 * does not see beforehand. `deno cache mod.ts cli/loaded_later.ts` fetches what
 * any command may need, so that `--cached-only` works; nothing here is run.
 *
 * @module
 */

/** Loads them, one each. */
export const LOADED_LATER: readonly (() => Promise<unknown>)[] = [
  () => import("./json_schema_tools.ts"),
  () => import("./tool_worker.ts"),
  () => import("../policy/address_range.ts"),
  () => import("../runtime/llm/anthropic.ts"),
  () => import("../runtime/llm/google.ts"),
  () => import("../runtime/llm/openai_compatible.ts"),
  () => import("../tools/html_text.ts"),
];
