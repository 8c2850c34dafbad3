import { readPolicyFile } from "../input/policy_file.ts";
import { serversIn } from "../input/server_option.ts";
import { taskFiles } from "../input/task_files.ts";
import { readTaskAndPolicy } from "../input/task_inputs.ts";
import { InputError } from "../../tools/data/input_error.ts";
import type { CommandLineParts } from "./command_line_parts.ts";
import type { Granted } from "./granted.ts";
import { serverAccess } from "./server_access.ts";

/** What the servers need that are asked for the tools that calls are judged for. */
export function decided(parts: CommandLineParts): Granted {
  const servers = serversIn(parts.every("mcp"));
  if (Object.keys(servers).length === 0) return {};
  const { document } = readPolicyFile(parts.options.get("policy") ?? "");
  return serverAccess(servers, document);
}

/** What the servers of the tasks need that are tested. */
export function tested(parts: CommandLineParts): Granted {
  const named = serversIn(parts.every("mcp"));
  const all = parts.operands.flatMap(taskFiles).flatMap((file) => {
    if (typeof file !== "string") return [];
    try {
      const { task, policy } = readTaskAndPolicy(
        file,
        parts.options.get("policy"),
      );
      const servers = { ...task.document.mcp_servers, ...named };
      return [serverAccess(servers, policy.document)];
    } catch (error) {
      // The command says what is wrong with it.
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  return {
    run: all.flatMap(({ run }) => run),
    env: all.flatMap(({ env }) => env),
    net: all.flatMap(({ net }) => net),
  };
}
