import type { AgentEnd } from "./agent_end.ts";
import type { AgentOptions } from "./agent_options.ts";

/**
 * Runs an agent whose loop is ours: asks the model, has the policy judge each call
 * that it proposes, runs what is allowed, and leaves the record of all that in a
 * folder, which the command line verifies, replays, inspects and resumes.
 *
 * Denials, failures of tools, a person who has still to answer and a model that
 * cannot be asked are outcomes and are not thrown. Where the run waits, call it
 * again with the same `out` once there is an answer, or use the command `resume`:
 * nothing that has a receipt is done twice.
 *
 * The process needs permission to read and to write the folder, and for a live model
 * to reach its host and to read the variable of its key.
 *
 * @example An agent with one tool, and a script in the place of a model
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { z } from "npm:zod@4.6.7";
 * import { loadPolicy, runAgent, scriptedModel, tool } from "../mod.ts";
 *
 * const policy = loadPolicy(
 *   `version: 1
 * on_deny: continue
 * tool_registry: { allowed: [ticket_read], denied: [] }
 * url_allowlist: []
 * sandbox: { isolation: process }
 * arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
 * loop_budget: { max_iterations: 3 }
 * cycle_detection: { max_repeats: 2, max_period: 2 }
 * retry: { max_retries: 2, backoff_base_ms: 100, backoff_cap_ms: 1000 }
 * `,
 *   "policy.yaml",
 * );
 * const out = Deno.makeTempDirSync();
 * const end = await runAgent({
 *   question: "What does ticket 17 say?",
 *   policy,
 *   tools: [tool({
 *     name: "ticket_read",
 *     description: "Read one ticket",
 *     args: z.strictObject({ id: z.string() }),
 *     effects: {},
 *     run: ({ id }) => Promise.resolve({ id, text: "The parcel is late" }),
 *   })],
 *   llm: scriptedModel([
 *     { calls: [{ tool: "ticket_read", args: { id: "17" } }] },
 *     { answer: "The parcel is late." },
 *   ]),
 *   out,
 * });
 * assertEquals(end.outcome, "ended");
 * assertEquals(end.answer, "The parcel is late.");
 * Deno.removeSync(out, { recursive: true });
 * ```
 *
 * @throws {InputError} when policy, model or folder cannot be used, with what would be right
 * @throws {RangeError} when the options contradict one another or the run in the folder
 * @throws {WriteError} when the record cannot be written any further; the run can be resumed
 */
export async function runAgent(options: AgentOptions): Promise<AgentEnd> {
  const { agentRun } = await import("./agent_run.ts");
  return await agentRun(options);
}
