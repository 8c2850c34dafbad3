/**
 * `govern` with the real clock and Ctrl-C, in Node. Arguments: how the package is
 * imported; the folder of the record. Its last call waits until it is cancelled.
 *
 * @module
 */
import process from "node:process";

const [entry = "", out = ""] = process.argv.slice(2);
const { govern, loadPolicy }: typeof import("../../mod.ts") = await import(
  entry
);

const session = await govern({
  policy: loadPolicy(
    `version: 1
on_deny: continue
tool_registry: { allowed: [wait], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 1 }
cycle_detection: { max_repeats: 9, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 8, backoff_cap_ms: 64 }
`,
    "policy.yaml",
  ),
  tools: [{
    name: "wait",
    description: "Wait until it is over",
    args: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => ({ value: {} }),
        jsonSchema: { input: () => ({ type: "object" }) },
      },
    },
    effects: {},
    run: (_, { signal }) =>
      new Promise((_, reject) => {
        console.log("waiting");
        const timer = setTimeout(() => {}, 60_000);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  }],
  out,
});
await session.call("wait", {});
