import { UsageError } from "../cli/command/command.ts";
import type { OpenServers } from "../cli/mcp/open_servers.ts";
import { type RunServers, runServers } from "../cli/mcp/run_servers.ts";
import { refusalOfServerName } from "../policy/server_name.ts";
import { STANDARD_ERROR } from "./standard_error.ts";

/**
 * Starts the servers of an agent or a session. What they say themselves goes to
 * standard error.
 *
 * @throws {InputError} when a server ends at once or has no list of tools
 * @throws {RangeError} when one cannot be used under the policy, or not be started
 */
export async function agentServers(
  run: Omit<RunServers, "note">,
): Promise<OpenServers | undefined> {
  for (const name of Object.keys(run.servers)) {
    const refusal = refusalOfServerName(name);
    if (refusal !== undefined) throw new RangeError(refusal);
  }
  try {
    return await runServers({ ...run, note: STANDARD_ERROR.note });
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new RangeError(cause.message, { cause });
  }
}
