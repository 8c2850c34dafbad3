import { join } from "../../deps.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { RecordedTool } from "../../runtime/record/event.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import { UsageError } from "../command/command.ts";
import { unwritable } from "../execution/run_folder.ts";
import type { OpenServers, ServersOptions } from "./open_servers.ts";

/** What the servers of a run are started with. */
export interface RunServers {
  readonly servers: ToolServers;
  readonly policy: Policy;
  readonly record: RunRecord;
  /** The directory in which they work. Default: the sandbox of the record. */
  readonly sandbox?: string | undefined;
  /** The tools of a run that goes on, as it listed them. Default: the run begins. */
  readonly recorded?: readonly RecordedTool[] | undefined;
  /** Says something to the person who runs it. */
  readonly note: (text: string) => void;
}

/**
 * Starts the servers of a run in its sandbox, which is made where there is none;
 * disposing of them ends them, and removes a sandbox that was made and is empty.
 * `undefined` when the run has no servers.
 *
 * @throws {UsageError} when one of them cannot be used under the policy, or at all
 */
export async function runServers(
  { sandbox, ...run }: RunServers,
): Promise<OpenServers | undefined> {
  const { servers, policy, record } = run;
  if (sandbox !== undefined) return await startServers({ ...run, sandbox });
  refuseInWorker(policy, servers);
  if (Object.keys(servers).length === 0) return undefined;
  const made = madeFolders(record.name, record.sandbox);
  const remove = () => made.toReversed().forEach(removeIfEmpty);
  try {
    const open = await startServers({ ...run, sandbox: record.sandbox });
    return open && {
      ...open,
      async [Symbol.asyncDispose]() {
        await open[Symbol.asyncDispose]();
        remove();
      },
    };
  } catch (error) {
    // The run has not begun: what is in a new sandbox is what a server left there.
    if (made.includes(record.sandbox)) removeAll(record.sandbox);
    remove();
    throw error;
  }
}

/**
 * Starts servers in a directory that there is; `undefined` when there are none to
 * start.
 *
 * @throws {UsageError} when one of them cannot be used under the policy, or at all
 */
export async function startServers(
  options: ServersOptions,
): Promise<OpenServers | undefined> {
  refuseInWorker(options.policy, options.servers);
  if (Object.keys(options.servers).length === 0) return undefined;
  const { openServers }: typeof import("./open_servers.ts") = await import(
    new URL("./open_servers.ts", import.meta.url).href
  );
  return await openServers(options);
}

/**
 * Refuses servers where a policy wants tools in a Worker, in which nothing can be started.
 *
 * @throws {UsageError} when it does
 */
export function refuseInWorker(
  { document: { sandbox } }: Policy,
  servers: ToolServers,
): void {
  const [name] = Object.keys(servers);
  if (sandbox.isolation !== "worker" || name === undefined) return;
  throw new UsageError(
    `Cannot use the server ${name} under this policy: it has sandbox.isolation: worker, and a server is a process of its own; write process`,
  );
}

/** Makes the folders of a run that are not there, and says which they were. */
function madeFolders(run: string, sandbox: string): readonly string[] {
  return unwritable(run, () => {
    const missing = [run, sandbox].filter((folder) => !isThere(folder));
    Deno.mkdirSync(sandbox, { recursive: true });
    return missing;
  });
}

function isThere(folder: string): boolean {
  try {
    Deno.lstatSync(join(folder, "."));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeAll(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // Why the run cannot begin is said all the same.
  }
}

function removeIfEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch {
    // The run is in it.
  }
}
