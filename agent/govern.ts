import type { RunFinished } from "../runtime/record/event.ts";
import type { GovernedSession } from "../runtime/session/governed_session.ts";
import type { GovernOptions } from "./govern_options.ts";

/** A session that `govern` has opened. */
export interface Governed extends GovernedSession {
  /** The folder with its record. */
  readonly out: string;
}

/**
 * Puts policy and record around a loop of your own: whatever asks the model and
 * however it goes on, each tool call goes through `call`, which has the policy judge
 * it, runs the tool if it may run, and puts all that on record. The record is a run
 * like any other: the command line verifies, replays, inspects and reports it.
 *
 * The record begins at once, so that what is wrong with it shows before the first
 * call. Close the session, or declare it with `await using`; the record of a process
 * that ended before that is ended by `closeSession`, or by the command `resume`.
 * `tools` of the session is what a framework needs of them; examples/adapters has
 * the few lines for some.
 *
 * The process needs permission to read and to write the folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { z } from "npm:zod@4.6.7";
 * import { govern, loadPolicy, tool } from "../mod.ts";
 *
 * const policy = loadPolicy(
 *   `version: 1
 * on_deny: continue
 * tool_registry: { allowed: [ticket_read], denied: [] }
 * url_allowlist: []
 * sandbox: { isolation: process }
 * arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
 * loop_budget: { max_iterations: 1, max_tool_calls: 2 }
 * cycle_detection: { max_repeats: 2, max_period: 2 }
 * retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
 * `,
 *   "policy.yaml",
 * );
 * const ticket_read = tool({
 *   name: "ticket_read",
 *   description: "Read one ticket",
 *   args: z.strictObject({ id: z.string() }),
 *   effects: {},
 *   run: ({ id }) => Promise.resolve({ id, text: "The parcel is late" }),
 * });
 * const out = Deno.makeTempDirSync();
 * const session = await govern({ policy, tools: [ticket_read], out });
 * const read = await session.call("ticket_read", { id: "17" });
 * assertEquals(read.type, "result");
 * const wrong = await session.call("ticket_read", { id: 17 });
 * assertEquals(wrong.type === "denied" && wrong.rule, "arg_schema");
 * assertEquals((await session.close()).terminal_reason, "session_closed");
 * Deno.removeSync(out, { recursive: true });
 * ```
 *
 * @throws {InputError} when policy or folder cannot be used, with what would be right
 * @throws {RangeError} when the options contradict one another or the policy
 * @throws {WriteError} when the record cannot be begun
 */
export async function govern(options: GovernOptions): Promise<Governed> {
  const { governing } = await import("./governing.ts");
  return await governing(options);
}

/**
 * Ends the record of a session whose process ended before it was closed; the same as
 * the command `resume`. Nothing runs: what has a receipt keeps it, a call that waits
 * for a person is rejected, and an intent without a receipt gets one that says that
 * its outcome is unknown (`indeterminate`). Returns its last event; a record that
 * has ended stays as it is.
 *
 * @throws {InputError} when there is no such record, its process still runs, or it
 *   cannot be read or written
 * @throws {RangeError} when it is a run of our own loop, which `resume` continues
 */
export async function closeSession(out: string): Promise<RunFinished> {
  const { closing } = await import("./closing.ts");
  return await closing(out);
}
