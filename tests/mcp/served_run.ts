import { join } from "../../deps.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { PROJECT } from "../program.ts";

/** A policy for runs with the servers `aa` and `bb`. */
export const SERVED_POLICY: JsonObject = {
  version: 1,
  on_deny: "continue",
  tool_registry: { allowed: ["aa.*", "bb.*"], denied: ["aa.write"] },
  tools: [
    { match: ["aa.write", "bb.write"], writes: ["path"] },
    { match: ["aa.*", "bb.*"], effects: "none" },
  ],
  mcp: { env: { PATH: { from: "PATH", secret: false } } },
  url_allowlist: [],
  sandbox: { isolation: "process" },
  arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
  loop_budget: { max_iterations: 10 },
  cycle_detection: { max_repeats: 20, max_period: 4 },
  retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 },
};

/** How the hostile server is started. */
export function hostileServer(
  ...ways: readonly string[]
): { readonly command: string; readonly args: readonly string[] } {
  return {
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-lock"],
      ...["--allow-write=.", "--allow-env", "--allow-run"],
      join(PROJECT, "tests/mcp/hostile_server.ts"),
      ...ways,
    ],
  };
}
