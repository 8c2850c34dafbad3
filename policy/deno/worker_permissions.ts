import type { WorkerPermissions } from "../../tools/worker/tool_worker.ts";
import { hostsToReach } from "./deno_flags.ts";
import type { PolicyDocument } from "../document/document.ts";

/**
 * Compiles a policy to what the Worker of its tools may do: read and write the
 * sandbox, reach the hosts that are listed, and nothing else. It cannot get more
 * than the process has: a host that the process may not reach is left out, and
 * a fetch from it fails as `permission_denied`.
 */
export function workerPermissions(
  policy: PolicyDocument,
  { sandbox, served, granted }: {
    /** Absolute path without a link. */
    readonly sandbox: string;
    /** Hosts that are served without a network. */
    readonly served: readonly string[];
    /** Whether the process may reach `host:port`. */
    readonly granted: (host: string) => boolean;
  },
): WorkerPermissions {
  return {
    read: [sandbox],
    write: [sandbox],
    net: hostsToReach(policy, served).filter(granted),
  };
}
