import { loadTask } from "../../tasks/task.ts";
import type { ToolServer, ToolServers } from "../../tasks/tool_server.ts";
import { InputError } from "../../tools/data/input_error.ts";

/**
 * Says which server of a task a worker does not accept; `undefined` when it accepts
 * them all. A server counts with its name, under which the policy judges its tools,
 * and with every word of its command.
 */
export function unacceptedServer(
  asked: ToolServers,
  accepted: ToolServers,
): string | undefined {
  for (const [name, server] of Object.entries(asked)) {
    const own = Object.hasOwn(accepted, name) ? accepted[name] : undefined;
    if (own === undefined) {
      return `the server ${name} of its task is not in the configuration`;
    }
    if (wordsOf(own) !== wordsOf(server)) {
      return `the server ${name} of its task is another one in the configuration`;
    }
  }
  return undefined;
}

/** The same of the text of a task. One that cannot be read has no servers: it cannot be executed either. */
export function unacceptedServerIn(
  taskText: string,
  accepted: ToolServers,
): string | undefined {
  // A key can be written otherwise only with a backslash.
  if (!/mcp_servers|\\/.test(taskText)) return undefined;
  try {
    const { mcp_servers = {} } = loadTask(taskText, "task").document;
    return unacceptedServer(mcp_servers, accepted);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function wordsOf({ command, args = [], url }: ToolServer): string {
  return JSON.stringify([command ?? null, args, url ?? null]);
}
