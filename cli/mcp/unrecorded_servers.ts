import type { Policy } from "../../policy/document/load.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { OpenServers } from "./open_servers.ts";
import { startServers } from "./run_servers.ts";

/** Servers where nothing is recorded. */
export interface UnrecordedServers {
  readonly servers: ToolServers;
  readonly policy: Policy;
  /** The directory in which they work and paths are judged. */
  readonly sandbox: string;
  /** Says something to the person who asks. */
  readonly note: (text: string) => void;
}

/**
 * Starts servers for a run that leaves no record; what is wrong with them is only said.
 *
 * @throws {UsageError} when one of them cannot be used
 */
export async function unrecordedServers(
  given: UnrecordedServers,
): Promise<OpenServers | undefined> {
  const record = { addIncident() {}, place: (name: string) => name };
  return await startServers({ ...given, record });
}

/**
 * Asks servers which tools they have: each is started, listed and ended, and none of
 * its tools is called.
 *
 * @throws {UsageError} when one of them cannot be used
 */
export async function listedDefinitions(
  given: UnrecordedServers,
): Promise<readonly ToolDefinition[]> {
  await using open = await unrecordedServers(given);
  return (open?.tools ?? []).map(({ run: _, ...definition }) => definition);
}
