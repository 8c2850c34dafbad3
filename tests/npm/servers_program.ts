/**
 * `govern` with a server, in Node: prints why it refuses. Arguments: how the package
 * is imported; the folder of the record.
 *
 * @module
 */
import process from "node:process";

const [entry = "", out = ""] = process.argv.slice(2);
const { govern, loadPolicy }: typeof import("../../mod.ts") = await import(
  entry
);

const policy = loadPolicy(
  `version: 1
on_deny: continue
tool_registry: { allowed: [files.read], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 1 }
cycle_detection: { max_repeats: 9, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 8, backoff_cap_ms: 64 }
`,
  "policy.yaml",
);

try {
  await govern({
    policy,
    tools: [],
    mcpServers: { files: { command: "true", args: [] } },
    out,
  });
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
