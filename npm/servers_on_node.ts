import { unusable } from "../tools/data/input_error.ts";

/**
 * What `cli/mcp/open_servers.ts` is in the published form for Node: servers are
 * started with Deno's permissions, so none is started here.
 *
 * @throws {InputError} always
 */
export function openServers(): Promise<never> {
  return Promise.reject(
    unusable(
      "mcpServers",
      "servers of the Model Context Protocol are not started in Node; run the program with Deno, or leave them out",
    ),
  );
}
